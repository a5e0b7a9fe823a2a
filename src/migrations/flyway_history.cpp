#include "flyway_history.hpp"

#include "flyway_version.hpp"
#include "numbering.hpp"

#include <algorithm>
#include <cstdlib>

namespace rehearse::migrations {

namespace {

FlywayRow row_of(const std::vector<std::optional<std::string>>& values) {
    FlywayRow row;
    row.rank = std::atoi(text_of(values[0]).c_str());
    row.version = text_of(values[1]);
    row.key = flyway_version(row.version).value_or("");
    row.description = text_of(values[2]);
    row.type = text_of(values[3]);
    row.script = text_of(values[4]);
    if (values[5]) row.checksum = std::atoll(values[5]->c_str());
    row.success = text_of(values[6]) == "true";
    return row;
}

}  // namespace

std::string FlywayRow::what() const {
    return version.empty() ? "repeatable " + description : "version " + version;
}

FlywayHistory::FlywayHistory(const Rows& rows) {
    for (const auto& values : rows) rows_.push_back(row_of(values));
    std::sort(rows_.begin(), rows_.end(),
              [](const FlywayRow& a, const FlywayRow& b) { return a.rank < b.rank; });
    for (const FlywayRow& row : rows_) {
        const bool takes_back = row.type.starts_with("UNDO") || row.type == "DELETE";
        if (row.type == "SCHEMA") continue;
        if (row.type == "BASELINE") {
            baseline_ = row.key;
        } else if (row.version.empty()) {
            if (takes_back) {
                repeatable_.erase(row.description);
            } else {
                repeatable_[row.description] = row;
            }
        } else if (takes_back) {
            applied_.erase(row.key);
        } else {
            applied_[row.key] = row;
            if (row.type == "SQL_BASELINE") baseline_ = row.key;
        }
    }
}

std::vector<FlywayRow> FlywayHistory::failed() const {
    std::vector<FlywayRow> found;
    std::copy_if(rows_.begin(), rows_.end(), std::back_inserter(found),
                 [](const FlywayRow& row) { return !row.success; });
    return found;
}

const FlywayRow* FlywayHistory::applied(const std::string& key) const {
    const auto found = applied_.find(key);
    return found == applied_.end() ? nullptr : &found->second;
}

const FlywayRow* FlywayHistory::latest_repeatable(const std::string& description) const {
    const auto found = repeatable_.find(description);
    return found == repeatable_.end() ? nullptr : &found->second;
}

bool FlywayHistory::is_below_baseline(const std::string& key) const {
    return baseline_ && Numbering(key) <= Numbering(*baseline_);
}

std::string FlywayHistory::last_applied() const {
    std::string last = baseline_.value_or("");
    for (const auto& [key, row] : applied_) {
        if (last.empty() || Numbering(key) > Numbering(last)) last = key;
    }
    return last;
}

std::vector<FlywayRow> FlywayHistory::applied_sql() const {
    std::vector<FlywayRow> found;
    for (const auto* all : {&applied_, &repeatable_}) {
        for (const auto& [key, row] : *all) {
            if (row.is_sql()) found.push_back(row);
        }
    }
    return found;
}

}  // namespace rehearse::migrations
