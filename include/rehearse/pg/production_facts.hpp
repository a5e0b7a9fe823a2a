#pragma once

#include "rehearse/pg/types.hpp"

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace rehearse::pg {

struct ProductionIdentity {
    ServerVersion version;
    std::string database;  // current_database()
    std::string role;      // current_user
    bool in_recovery = false;
    std::string system_identifier;  // pg_control_system(); empty where that may not be called
};

// One thing that the role may not do and pg_dump or we would need.
struct MissingRight {
    enum class Kind { monitor, schema, table, sequence, row_security, large_objects };

    Kind kind = Kind::table;
    std::string schema;
    std::string name;
    std::int64_t count = 1;  // large objects
};

// pg_settings, as a session of that role would begin with it (reset_val).
struct ParameterSetting {
    std::string name;
    std::string value;
    std::string unit;  // "8kB"; empty: none
    std::string source;
};

// pg_db_role_setting: ALTER ROLE or DATABASE ... SET. Empty: for all roles, or all databases.
struct SettingOverride {
    std::string role;
    std::string database;
    std::string name;
    std::string value;
};

// pg_stat_user_tables
struct TableTraffic {
    Oid oid = 0;
    RelationName table;
    std::int64_t live_rows = 0;
    std::int64_t table_bytes = 0;  // with TOAST
    std::int64_t index_bytes = 0;
    std::int64_t seq_scans = 0;
    std::int64_t idx_scans = 0;
    std::int64_t inserted = 0;
    std::int64_t updated = 0;
    std::int64_t deleted = 0;
};

struct Traffic {
    std::vector<TableTraffic> tables;
    std::string reset_at;                 // pg_stat_database.stats_reset, ISO 8601; empty: never
    std::optional<double> since_reset_s;  // as the server's clock says
};

// pg_stat_statements
struct QueryTotals {
    std::string query_id;
    std::string query;
    std::int64_t calls = 0;
    double total_ms = 0;
    double mean_ms = 0;
    std::int64_t rows = 0;
};

struct TopQueries {
    std::vector<QueryTotals> queries;
    std::string reset_at;     // empty: the extension does not tell
    std::string unavailable;  // why there are none; empty: there are
};

}  // namespace rehearse::pg
