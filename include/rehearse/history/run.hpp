#pragma once

#include "rehearse/base/files.hpp"
#include "rehearse/report/report.hpp"

#include <compare>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace rehearse::history {

// Which migration it is, from one run to the next. The path is absolute, without "." and "..": two
// projects may have a 0001_init each.
struct MigrationKey {
    std::string version, name, path;
    std::string title() const;  // "0042 backfill_email"
    auto operator<=>(const MigrationKey&) const = default;
};

struct MigrationFigures {
    MigrationKey key;
    bool in_change = true;
    std::string label;
    double elapsed_ms = 0;
    std::string because;
    std::string strongest_lock;        // on what was there before; empty: none was read
    double longest_blocked_ms = 0;     // of one relation
    std::int64_t rewritten_bytes = 0;  // as large as they were written
    std::int64_t wal_bytes = 0;
    std::string largest_table;             // of those it locked, see report.json; empty: not known
    std::int64_t largest_table_bytes = 0;  // before the migration; after it where that made it
    bool ran_to_end = false;               // else elapsed_ms is only how far it got
    // The same for the same SQL, as far as it ran. Of a statement that is longer than a report
    // keeps it knows the beginning, of COPY's data nothing. Empty: of an older rehearse.
    std::string sql_id;
    bool operator==(const MigrationFigures&) const = default;
};

// A run without its migrations.
struct RunFacts {
    std::string run_id;                   // begins with the UTC time of its start: in order of time
    std::string started_at, finished_at;  // ISO 8601, UTC
    std::string label;
    std::string snapshot_name, snapshot_taken_at, snapshot_sha256;
    std::string engine, server_version;
    double noisy_ms = 0, rethink_ms = 0;
    fs::path folder;  // where its report.json is
    bool operator==(const RunFacts&) const = default;
};

struct Run {
    RunFacts facts;
    std::vector<MigrationFigures> migrations;  // in the order in which they ran
    bool operator==(const Run&) const = default;
};

// One migration in one run.
struct Occurrence {
    RunFacts run;
    MigrationFigures migration;
    bool operator==(const Occurrence&) const = default;
};

MigrationKey key_of(const report::MigrationPart& migration);

// What the history keeps of a report.
Run run_of(const report::Report& report, const fs::path& folder);

// Of all migrations.
double elapsed_ms(const Run& run);
std::map<std::string, std::size_t> count_by_label(const Run& run);

// The migration that a user means by its version, name, path, or a part of them that no other has.
// Throws Error(usage) that names the candidates, or what is nearest.
const MigrationKey& find_migration(const std::string& wanted,
                                   const std::vector<MigrationKey>& known);

}  // namespace rehearse::history
