#pragma once

#include "rehearse/base/progress.hpp"
#include "rehearse/snapshot/archive.hpp"

#include <map>
#include <string>
#include <string_view>
#include <unordered_map>

namespace rehearse::restore {

// Follows pg_restore --verbose: the schema in objects, the rows in bytes of the archive, then
// indexes and constraints in objects. With workers rows and indexes overlap; the step changes when
// the last rows are in.
class LoadProgress {
  public:
    LoadProgress(const snapshot::Archive& archive, bool parallel, Progress& progress);

    void add_line(std::string_view line);
    // Everything is loaded.
    void finish();

  private:
    enum class Phase { schema, rows, indexes };

    struct Count {
        std::uint64_t done = 0;
        std::uint64_t total = 0;
    };

    void begin();
    void add_line_of_workers(std::string_view line);
    void add_line_without_workers(std::string_view line);
    void begins(const snapshot::TocEntry& entry);
    void ends(const snapshot::TocEntry& entry);
    void enter(Phase phase);
    void show(const std::string& detail);
    const snapshot::TocEntry* entry_in(std::string_view text) const;

    const bool parallel_;
    Progress& progress_;
    std::unordered_map<int, const snapshot::TocEntry*> by_id_;
    std::map<std::string, const snapshot::TocEntry*, std::less<>> rows_by_label_;
    const snapshot::TocEntry* loading_ = nullptr;  // without workers: the table whose rows come
    bool has_begun_ = false;
    Phase phase_ = Phase::schema;
    Count schema_, bytes_, tables_, indexes_;
};

}  // namespace rehearse::restore
