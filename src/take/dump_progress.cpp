#include "take/dump_progress.hpp"

#include "rehearse/base/size.hpp"

#include <algorithm>

namespace rehearse::take {

namespace {

std::uint64_t bytes_of(const pg::TableTraffic& table) {
    return static_cast<std::uint64_t>(std::max<std::int64_t>(table.table_bytes, 0));
}

}  // namespace

DumpProgress::DumpProgress(const std::vector<pg::TableTraffic>& tables, int jobs,
                           Progress& progress)
    : jobs_(static_cast<std::size_t>(jobs)), progress_(progress) {
    for (const auto& table : tables) {
        by_name_[table.table.schema + "." + table.table.name] = &table;
        total_ += bytes_of(table);
    }
}

void DumpProgress::add_line(std::string_view line) {
    // pg_dump.c, dumpTableData_copy: dumping contents of table "%s.%s"
    constexpr std::string_view kBegins = "dumping contents of table \"";
    const auto at = line.find(kBegins);
    const auto end = line.rfind('"');
    if (at == std::string_view::npos || end < at + kBegins.size()) return;
    const auto begin = at + kBegins.size();
    const auto table = by_name_.find(line.substr(begin, end - begin));
    if (table != by_name_.end()) begun_.push_back(table->second);
}

std::uint64_t DumpProgress::done_bytes(const std::map<pg::Oid, std::int64_t>& copied) {
    std::uint64_t done = 0;
    for (std::size_t i = 0; i < begun_.size(); ++i) {
        const auto& table = *begun_[i];
        if (const auto at_work = copied.find(table.oid); at_work != copied.end()) {
            seen_at_work_.insert(table.oid);
            // A text may be longer than the row that it is of.
            done += std::min(bytes_of(table), static_cast<std::uint64_t>(at_work->second));
            continue;
        }
        // The last ones may not have got as far as their COPY.
        const bool has_ended = seen_at_work_.contains(table.oid) || i + jobs_ < begun_.size();
        if (has_ended) done += bytes_of(table);
    }
    return done;
}

void DumpProgress::show(const std::map<pg::Oid, std::int64_t>& copied, std::uint64_t written) {
    const std::string table = begun_.empty() ? "" : begun_.back()->table.text();
    progress_.update(done_bytes(copied), total_, Progress::Unit::bytes,
                     table + "  (" + format_bytes(written) + " written)");
}

}  // namespace rehearse::take
