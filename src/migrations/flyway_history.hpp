#pragma once

#include "history.hpp"

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace rehearse::migrations {

struct FlywayRow {
    int rank = 0;
    std::string version;  // empty for a repeatable migration
    std::string key;      // flyway_version() of it
    std::string description;
    std::string type;  // "SQL", "JDBC", "BASELINE", "UNDO_SQL", "DELETE" ...
    std::string script;
    std::optional<std::int64_t> checksum;
    bool success = true;

    bool is_sql() const { return type == "SQL" || type == "SQL_BASELINE"; }
    // "version 1.2" or "repeatable views"
    std::string what() const;
};

// What flyway_schema_history says, by the rules of MigrationInfoServiceImpl.java: rows in the order
// of their rank; an UNDO_... or DELETE row takes its version back.
class FlywayHistory {
  public:
    // Rows of installed_rank, version, description, type, script, checksum, success.
    explicit FlywayHistory(const Rows& rows);

    std::vector<FlywayRow> failed() const;
    bool has_applied(const std::string& key) const { return applied_.contains(key); }
    const FlywayRow* applied(const std::string& key) const;
    // Of the latest rank; nullptr where it has never run.
    const FlywayRow* latest_repeatable(const std::string& description) const;
    // At or below the version of the BASELINE row.
    bool is_below_baseline(const std::string& key) const;
    // The highest applied version's key; empty when there is none.
    std::string last_applied() const;
    // SQL migrations that are applied; repeatable ones once each.
    std::vector<FlywayRow> applied_sql() const;

  private:
    std::vector<FlywayRow> rows_;
    std::map<std::string, FlywayRow> applied_;     // by key
    std::map<std::string, FlywayRow> repeatable_;  // by description
    std::optional<std::string> baseline_;          // key
};

}  // namespace rehearse::migrations
