#pragma once

#include "rehearse/base/time.hpp"
#include "rehearse/pg/performer_session.hpp"
#include "rehearse/verdict/verdict.hpp"

#include <compare>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace rehearse::report {

// report.json, field for field. Fields are added, never renamed, within a schema_version. Spans are
// in milliseconds with fractions where the name ends in _ms.

struct SnapshotPart {
    std::string name, path, format;
    std::string taken_at;  // ISO 8601, UTC
    double age_days = 0;
    std::string server_version;
    std::uint64_t size_bytes = 0;
    std::string sha256;
    bool operator==(const SnapshotPart&) const = default;
};

struct BasePart {
    std::string id;
    bool reused = false;
    double restore_ms = 0, clone_ms = 0, vacuum_ms = 0;
    std::string restored = "full";  // full | touched
    bool operator==(const BasePart&) const = default;
};

struct ScratchPart {
    std::string engine, image, server_version;
    std::map<std::string, std::string> settings;
    BasePart base;
    bool operator==(const ScratchPart&) const = default;
};

struct SamplerPart {
    double interval_ms = 0;
    std::uint64_t readings = 0;
    double gap_p50_ms = 0, gap_p99_ms = 0, longest_gap_ms = 0;
    bool operator==(const SamplerPart&) const = default;
};

// Rows that a constraint of the failed statement does not allow.
struct ViolationsPart {
    std::string constraint_kind;  // unique | not_null | check | foreign_key
    std::string relation;
    std::optional<std::int64_t> rows;            // null: not counted
    std::optional<std::int64_t> duplicate_keys;  // unique: how many keys the rows share
    bool complete = true;                        // false: the limit ended the count
    double limit_ms = 0;
    std::string why_not;
    bool operator==(const ViolationsPart&) const = default;
};

struct ErrorPart {
    std::string sqlstate, message, path;
    int line = 0, column = 0;
    std::size_t statement = 0;
    std::string detail, hint;  // detail may hold row values: JSON and terminal only, never Markdown
    std::vector<std::string> left_behind;
    std::optional<ViolationsPart> violations = std::nullopt;
    bool operator==(const ErrorPart&) const = default;
};

struct LockPart {
    std::string relation, mode;
    double acquired_ms = 0, released_ms = 0, held_ms = 0, waited_ms = 0;
    std::string evidence;
    bool new_relation = false;
    double not_before_ms = 0, not_after_ms = 0;  // bounds of a sampled hold
    std::string child_of;                        // topmost parent of a partition or child table
    bool operator==(const LockPart&) const = default;
};

struct RewritePart {
    std::string relation;
    std::int64_t bytes_before = 0, bytes_after = 0;
    bool operator==(const RewritePart&) const = default;
};

struct IndexBuildPart {
    std::string index, relation;
    double elapsed_ms = 0;
    bool valid = true;
    bool operator==(const IndexBuildPart&) const = default;
};

struct RowsChangedPart {
    std::string relation;
    std::int64_t inserted_rows = 0, updated_rows = 0, deleted_rows = 0;
    bool operator==(const RowsChangedPart&) const = default;
};

struct ScanPart {
    std::string relation;
    std::int64_t scanned_rows = 0;
    bool operator==(const ScanPart&) const = default;
};

struct WaitPart {
    std::string locktype, relation, mode;  // relation and mode of a relation's lock only
    double waited_ms = 0;
    std::vector<std::string> on;
    std::optional<double> began_ms = std::nullopt;  // in the statement; null: not recorded
    bool operator==(const WaitPart&) const = default;
};

struct PhasePart {
    std::string command, phase;
    double elapsed_ms = 0;
    std::optional<double> began_ms = std::nullopt;  // as of a wait
    bool operator==(const PhasePart&) const = default;
};

struct SizePart {
    std::string relation;  // with its indexes and TOAST
    std::int64_t bytes_before = 0, bytes_after = 0;
    bool operator==(const SizePart&) const = default;
};

// Before the migration, or after it where that made it.
struct TableSizePart {
    std::string relation;  // with its indexes and TOAST
    std::int64_t bytes = 0;
    bool operator==(const TableSizePart&) const = default;
};

struct ChangePart {
    std::string relation, change, name, detail;
    std::optional<std::size_t> statement;
    bool operator==(const ChangePart&) const = default;
};

struct NoticePart {
    std::string severity, sqlstate, message;
    bool operator==(const NoticePart&) const = default;
};

struct SettingsPart {
    double lock_timeout_ms = 0, statement_timeout_ms = 0;
    std::string search_path, role;
    bool operator==(const SettingsPart&) const = default;
};

struct StatementPart {
    std::size_t ordinal = 0;
    std::string path;
    int line = 0, column = 0;
    std::string sql;
    bool sql_shortened = false;
    std::uint64_t repeated = 1;
    int last_line = 0;
    std::string kind;
    std::string command_tag;
    double elapsed_ms = 0;
    std::optional<double> commit_ms;
    std::optional<std::int64_t> rows, wal_bytes;
    std::int64_t temp_bytes = 0;
    std::string evidence;
    bool wrapped = false;
    bool gave_up = false;
    // In force when it began; nullopt where they are those of the statement before it.
    std::optional<SettingsPart> settings;
    std::optional<double> would_be_cancelled_after_ms;
    std::vector<LockPart> locks;  // that this statement acquired
    std::vector<RewritePart> rewrites;
    std::vector<IndexBuildPart> index_builds;
    std::vector<RowsChangedPart> rows_changed;
    std::vector<ScanPart> scans;
    std::vector<SizePart> sizes;
    std::vector<WaitPart> waits;
    std::vector<PhasePart> phases;
    std::vector<NoticePart> notices;
    bool operator==(const StatementPart&) const = default;
};

struct BlockingPart {
    std::string relation, mode;
    std::string blocks;  // reads_and_writes | writes
    double held_ms = 0;
    std::size_t acquired_by = 0;
    std::vector<std::size_t> stretched_by;
    std::string evidence;
    std::string index = {};        // whose lock it is, where the table's own blocks less
    std::size_t transactions = 1;  // that the locks were taken in
    bool operator==(const BlockingPart&) const = default;
};

struct FindingPart {
    std::string rule, severity;
    std::optional<std::size_t> statement;
    std::optional<int> line;
    std::optional<std::string> relation;
    std::string message, instead, evidence;
    std::string allowed_because;
    bool operator==(const FindingPart&) const = default;
};

struct MigrationPart {
    std::string version, name, path, tool, transaction_mode;
    bool in_change = true;
    std::string label;
    double elapsed_ms = 0;
    std::string because;
    std::optional<ErrorPart> error;
    std::vector<StatementPart> statements;
    std::vector<BlockingPart> blocking;
    std::vector<RowsChangedPart> rows_changed;
    std::vector<ChangePart> changes;
    std::optional<TableSizePart> largest_table;  // of those that it locked
    std::vector<FindingPart> findings;
    bool operator==(const MigrationPart&) const = default;
};

struct Report {
    int schema_version = 1;
    std::string tool_version;
    std::string run_id, started_at, finished_at;
    std::string label;
    SnapshotPart snapshot;
    ScratchPart scratch;
    double noisy_ms = 0, rethink_ms = 0;
    SamplerPart sampler;
    std::vector<std::string>
        warnings;  // stale snapshot, skipped snapshot, fallback engine, stand-in locale, ...
    std::vector<MigrationPart> migrations;
    bool operator==(const Report&) const = default;
};

// The part of one migration.
MigrationPart migration_part(const plan::PlannedMigration& planned,
                             const observe::MigrationObservation& observed,
                             const verdict::MigrationVerdict& verdict);

std::string render_json(const Report& report);  // ends in a line feed; 2 spaces
// Throws Error(usage) naming the field when it is not a report of a schema_version that we know, or
// holds what no run writes: a word of its own, a number below zero or beyond 1e15 (2^53 for whole
// ones). Texts are as they are: whatever draws them takes care of what is in them.
Report parse_json(const std::string& text);

// Judges a saved report's times with other thresholds. What failed, was given up on or was not run
// stays so: no threshold changes it.
void judge_again(Report& report, const verdict::Thresholds& thresholds);

struct TerminalStyle {
    bool colour = false;
    int width = 80;
};
std::string render_terminal(const Report& report, const TerminalStyle& style);

struct MarkdownStyle {
    bool mask_literals = false;
    std::size_t size_limit = 65536;  // bytes; GitHub's limit of a comment
};
// Public: no row values (SQLSTATE and counts, not DETAIL).
std::string render_markdown(const Report& report, const MarkdownStyle& style);

// Public like the Markdown, and plain text: what stands where there is room for one line. The run:
// "rethink: 0044 widen_invoice_ids: 8 min 20 s, over 5 min"; one migration: "8 min 20 s, over 5
// min".
std::string public_verdict(const Report& report, bool mask_literals);
std::string public_reason(const MigrationPart& migration, bool mask_literals);

// SARIF 2.1.0: one result a finding, silenced ones as suppressed. Public.
std::string render_sarif(const Report& report, bool mask_literals = false);

struct JunitStyle {
    bool mask_literals = false;
    verdict::FailOn fail_on = verdict::FailOn::rethink;  // a failure from this label on
};
// JUnit's XML: one test case a migration. Public.
std::string render_junit(const Report& report, const JunitStyle& style);

// Which migration of a report it is: a tool may give them no versions.
struct MigrationId {
    std::string version, name, path;
    auto operator<=>(const MigrationId&) const = default;
};
MigrationId id_of(const MigrationPart& migration);

// The run in which the same migration was rehearsed before.
struct PreviousRun {
    std::string path;   // of its page, relative to this one or absolute; empty: it is gone
    std::string words;  // "38.0 s on 15 November"
};
using PreviousRuns = std::map<MigrationId, PreviousRun>;

struct HtmlStyle {
    // Also leaves out what the server said, which may quote a literal: messages, DETAIL, notices.
    bool mask_literals = false;
    PreviousRuns previous_runs;
};
// One page that needs nothing beside it. Private, like the terminal's: with the row values of an
// error's DETAIL.
std::string render_html(const Report& report, const HtmlStyle& style);

// One line of the terminal report, as it is also printed while the replay runs; without a line
// feed.
std::string render_migration_line(const MigrationPart& migration, const TerminalStyle& style);

// The JSON Schema of report.json (draft 2020-12); installed as share/rehearse/report.schema.json.
std::string_view json_schema();

}  // namespace rehearse::report
