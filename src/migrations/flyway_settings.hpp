#pragma once

#include "rehearse/migrations/migration.hpp"

#include "placeholders.hpp"

#include <map>
#include <string>

namespace rehearse::migrations {

// What a team tells Flyway in flyway.conf or flyway.toml beside the folder, in Spring's
// application.properties, or in FLYWAY_... variables; the later win.
struct FlywaySettings {
    std::string versioned_prefix = "V";
    std::string repeatable_prefix = "R";
    std::string separator = "__";
    std::string suffix = ".sql";
    std::string table;  // empty: flyway_schema_history
    std::string default_schema;
    bool out_of_order = false;
    bool mixed = false;
    bool replaces_placeholders = true;
    bool baselines = false;  // baselineOnMigrate
    std::string baseline_version = "1";
    bool ignores_missing = false;  // ignoreMigrationPatterns
    bool ignores_ignored = false;
    bool validates = true;                            // validateOnMigrate
    std::map<std::string, std::string> placeholders;  // names in lower case

    ValueOf values(const std::map<std::string, std::string>& given) const;
};

FlywaySettings read_flyway_settings(const fs::path& folder);

}  // namespace rehearse::migrations
