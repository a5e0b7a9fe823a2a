#pragma once

#include "rehearse/base/progress.hpp"
#include "rehearse/pg/production_facts.hpp"

#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace rehearse::take {

// How far pg_dump is, in bytes of the tables: those that it began are in its --verbose lines, how
// much of them is copied in pg_stat_progress_copy.
class DumpProgress {
  public:
    DumpProgress(const std::vector<pg::TableTraffic>& tables, int jobs, Progress& progress);

    void add_line(std::string_view line);
    // `copied`: of the tables that are at work; `written`: bytes of the dump so far.
    void show(const std::map<pg::Oid, std::int64_t>& copied, std::uint64_t written);
    std::uint64_t total_bytes() const { return total_; }
    std::size_t tables_begun() const { return begun_.size(); }

  private:
    std::uint64_t done_bytes(const std::map<pg::Oid, std::int64_t>& copied);

    std::map<std::string, const pg::TableTraffic*, std::less<>> by_name_;
    std::size_t jobs_;
    Progress& progress_;
    std::uint64_t total_ = 0;
    std::vector<const pg::TableTraffic*> begun_;
    std::set<pg::Oid> seen_at_work_;
};

}  // namespace rehearse::take
