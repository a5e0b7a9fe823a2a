#include "rehearse/base/error.hpp"
#include "rehearse/report/report.hpp"

#include "report/json_field.hpp"
#include "report/json_tree.hpp"

#include <algorithm>
#include <array>
#include <optional>
#include <utility>
#include <vector>

namespace rehearse::report {

namespace {

constexpr int kKnownSchemaVersion = 1;

// As to_string() spells them.
constexpr std::array<std::string_view, 5> kLabels{"ok", "noisy", "rethink", "failed", "not_run"};
constexpr std::array<std::string_view, 5> kEvidence{"exact", "sampled", "log", "text", "none"};
constexpr std::array<std::string_view, 3> kSeverities{"info", "warning", "danger"};
constexpr std::array<std::string_view, 2> kBlocks{"reads_and_writes", "writes"};

}  // namespace

// Field finds these by their argument, which is why they are not in the nameless namespace.

static void read(const Field& json, SnapshotPart& part) {
    json.read_field("name", part.name);
    json.read_field("path", part.path);
    json.read_field("format", part.format);
    json.read_field("taken_at", part.taken_at);
    json.at("age_days").to_signed(part.age_days);
    json.read_field("server_version", part.server_version);
    json.read_field("size_bytes", part.size_bytes);
    json.read_field("sha256", part.sha256);
}

static void read(const Field& json, BasePart& part) {
    json.read_field("id", part.id);
    json.read_field("reused", part.reused);
    json.read_field("restore_ms", part.restore_ms);
    json.read_field("clone_ms", part.clone_ms);
    json.read_field("vacuum_ms", part.vacuum_ms);
    json.read_field("restored", part.restored);
}

static void read(const Field& json, ScratchPart& part) {
    json.read_field("engine", part.engine);
    json.read_field("image", part.image);
    json.read_field("server_version", part.server_version);
    json.read_field("settings", part.settings);
    json.read_field("base", part.base);
}

static void read(const Field& json, SamplerPart& part) {
    json.read_field("interval_ms", part.interval_ms);
    json.read_field("readings", part.readings);
    json.read_field("gap_p50_ms", part.gap_p50_ms);
    json.read_field("gap_p99_ms", part.gap_p99_ms);
    json.read_field("longest_gap_ms", part.longest_gap_ms);
}

static void read(const Field& json, ViolationsPart& part) {
    json.read_field("constraint_kind", part.constraint_kind);
    json.read_field("relation", part.relation);
    json.read_field("rows", part.rows);
    json.read_field("duplicate_keys", part.duplicate_keys);
    json.read_field("complete", part.complete);
    json.read_field("limit_ms", part.limit_ms);
    json.read_field("why_not", part.why_not);
}

static void read(const Field& json, ErrorPart& part) {
    json.read_field("sqlstate", part.sqlstate);
    json.read_field("message", part.message);
    json.read_field("path", part.path);
    json.read_field("line", part.line);
    json.read_field("column", part.column);
    json.read_field("statement", part.statement);
    json.read_field("detail", part.detail);
    json.read_field("hint", part.hint);
    json.read_field("left_behind", part.left_behind);
    json.read_later_field("violations", part.violations);
}

static void read(const Field& json, LockPart& part) {
    json.read_field("relation", part.relation);
    json.read_field("mode", part.mode);
    json.read_field("acquired_ms", part.acquired_ms);
    json.read_field("released_ms", part.released_ms);
    json.read_field("held_ms", part.held_ms);
    json.read_field("waited_ms", part.waited_ms);
    json.read_word("evidence", part.evidence, kEvidence);
    json.read_field("new_relation", part.new_relation);
    json.read_later_field("not_before_ms", part.not_before_ms);
    json.read_later_field("not_after_ms", part.not_after_ms);
    json.read_later_field("child_of", part.child_of);
}

static void read(const Field& json, RewritePart& part) {
    json.read_field("relation", part.relation);
    json.read_field("bytes_before", part.bytes_before);
    json.read_field("bytes_after", part.bytes_after);
}

static void read(const Field& json, IndexBuildPart& part) {
    json.read_field("index", part.index);
    json.read_field("relation", part.relation);
    json.read_field("elapsed_ms", part.elapsed_ms);
    json.read_field("valid", part.valid);
}

static void read(const Field& json, RowsChangedPart& part) {
    json.read_field("relation", part.relation);
    json.read_field("inserted_rows", part.inserted_rows);
    json.read_field("updated_rows", part.updated_rows);
    json.read_field("deleted_rows", part.deleted_rows);
}

static void read(const Field& json, ScanPart& part) {
    json.read_field("relation", part.relation);
    json.read_field("scanned_rows", part.scanned_rows);
}

static void read(const Field& json, SizePart& part) {
    json.read_field("relation", part.relation);
    json.read_field("bytes_before", part.bytes_before);
    json.read_field("bytes_after", part.bytes_after);
}

static void read(const Field& json, WaitPart& part) {
    json.read_field("locktype", part.locktype);
    json.read_field("relation", part.relation);
    json.read_field("mode", part.mode);
    json.read_field("waited_ms", part.waited_ms);
    json.read_field("on", part.on);
    json.read_later_field("began_ms", part.began_ms);
}

static void read(const Field& json, PhasePart& part) {
    json.read_field("command", part.command);
    json.read_field("phase", part.phase);
    json.read_field("elapsed_ms", part.elapsed_ms);
    json.read_later_field("began_ms", part.began_ms);
}

static void read(const Field& json, ChangePart& part) {
    json.read_field("relation", part.relation);
    json.read_field("change", part.change);
    json.read_field("name", part.name);
    json.read_field("detail", part.detail);
    json.read_field("statement", part.statement);
}

static void read(const Field& json, NoticePart& part) {
    json.read_field("severity", part.severity);
    json.read_field("sqlstate", part.sqlstate);
    json.read_field("message", part.message);
}

static void read(const Field& json, SettingsPart& part) {
    json.read_field("lock_timeout_ms", part.lock_timeout_ms);
    json.read_field("statement_timeout_ms", part.statement_timeout_ms);
    json.read_field("search_path", part.search_path);
    json.read_field("role", part.role);
}

static void read(const Field& json, StatementPart& part) {
    json.read_field("ordinal", part.ordinal);
    json.read_field("path", part.path);
    json.read_field("line", part.line);
    json.read_field("column", part.column);
    json.read_field("last_line", part.last_line);
    json.read_field("sql", part.sql);
    json.read_field("sql_shortened", part.sql_shortened);
    json.read_field("repeated", part.repeated);
    json.read_field("kind", part.kind);
    json.read_field("command_tag", part.command_tag);
    json.read_field("elapsed_ms", part.elapsed_ms);
    json.read_field("commit_ms", part.commit_ms);
    json.read_field("rows", part.rows);
    json.read_field("wal_bytes", part.wal_bytes);
    json.read_field("temp_bytes", part.temp_bytes);
    json.read_word("evidence", part.evidence, kEvidence);
    json.read_field("wrapped", part.wrapped);
    json.read_field("gave_up", part.gave_up);
    json.read_later_field("settings", part.settings);
    json.read_later_field("would_be_cancelled_after_ms", part.would_be_cancelled_after_ms);
    json.read_field("locks", part.locks);
    json.read_field("rewrites", part.rewrites);
    json.read_field("index_builds", part.index_builds);
    json.read_later_field("rows_changed", part.rows_changed);
    json.read_later_field("scans", part.scans);
    json.read_later_field("sizes", part.sizes);
    json.read_later_field("waits", part.waits);
    json.read_later_field("phases", part.phases);
    json.read_field("notices", part.notices);
}

static void read(const Field& json, BlockingPart& part) {
    json.read_field("relation", part.relation);
    json.read_field("mode", part.mode);
    json.read_word("blocks", part.blocks, kBlocks);
    json.read_field("held_ms", part.held_ms);
    json.read_field("acquired_by", part.acquired_by);
    json.read_field("stretched_by", part.stretched_by);
    json.read_word("evidence", part.evidence, kEvidence);
    json.read_later_field("index", part.index);
    json.read_later_field("transactions", part.transactions);
}

static void read(const Field& json, FindingPart& part) {
    json.read_field("rule", part.rule);
    json.read_word("severity", part.severity, kSeverities);
    json.read_field("statement", part.statement);
    json.read_field("line", part.line);
    json.read_field("relation", part.relation);
    json.read_field("message", part.message);
    json.read_field("instead", part.instead);
    json.read_word("evidence", part.evidence, kEvidence);
    json.read_field("allowed_because", part.allowed_because);
}

static void read(const Field& json, TableSizePart& part) {
    json.read_field("relation", part.relation);
    json.read_field("bytes", part.bytes);
}

static void read(const Field& json, MigrationPart& part) {
    json.read_field("version", part.version);
    json.read_field("name", part.name);
    json.read_field("path", part.path);
    json.read_field("tool", part.tool);
    json.read_field("transaction_mode", part.transaction_mode);
    json.read_field("in_change", part.in_change);
    json.read_word("label", part.label, kLabels);
    json.read_field("elapsed_ms", part.elapsed_ms);
    json.read_field("because", part.because);
    json.read_field("error", part.error);
    json.read_field("statements", part.statements);
    json.read_field("blocking", part.blocking);
    json.read_later_field("rows_changed", part.rows_changed);
    json.read_later_field("changes", part.changes);
    json.read_later_field("largest_table", part.largest_table);
    json.read_field("findings", part.findings);
}

[[noreturn]] static void refuse_version(int version) {
    throw Error(ErrorKind::usage,
                "a report of another version of rehearse: its schema_version is " +
                    std::to_string(version) + ", and this one reads " +
                    std::to_string(kKnownSchemaVersion),
                {"Draw it with the version of rehearse that wrote it, or rehearse again."});
}

static void read(const Field& json, Report& report) {
    json.read_field("schema_version", report.schema_version);
    if (report.schema_version != kKnownSchemaVersion) refuse_version(report.schema_version);
    json.at("tool").read_field("version", report.tool_version);
    json.read_field("run_id", report.run_id);
    json.read_field("started_at", report.started_at);
    json.read_field("finished_at", report.finished_at);
    json.read_word("label", report.label, kLabels);
    json.read_field("snapshot", report.snapshot);
    json.read_field("scratch", report.scratch);
    json.at("thresholds").read_field("noisy_ms", report.noisy_ms);
    json.at("thresholds").read_field("rethink_ms", report.rethink_ms);
    json.read_field("sampler", report.sampler);
    json.read_field("warnings", report.warnings);
    json.read_field("migrations", report.migrations);
}

namespace {

// The statements that the tree is spared.
class StatementsAside {
  public:
    void take(std::size_t migration, const nlohmann::json& statement) {
        if (fault_) return;
        by_migration_.resize(std::max(by_migration_.size(), migration + 1));
        auto& statements = by_migration_[migration];
        const auto path = "migrations[" + std::to_string(migration) + "].statements[" +
                          std::to_string(statements.size()) + "]";
        try {
            Field{statement, path}.to(statements.emplace_back());
        } catch (const Error& error) {
            fault_ = error;
        }
    }

    // After the rest of the report was read, which says more of what is no report at all.
    void give_to(std::vector<MigrationPart>& migrations) {
        if (fault_) throw *fault_;
        for (std::size_t i = 0; i < by_migration_.size(); ++i)
            migrations.at(i).statements = std::move(by_migration_[i]);
    }

  private:
    std::vector<std::vector<StatementPart>> by_migration_;
    std::optional<Error> fault_;
};

}  // namespace

Report parse_json(const std::string& text) {
    StatementsAside statements;
    const auto tree = parse_tree(text, [&](std::size_t migration, const auto& statement) {
        statements.take(migration, statement);
    });
    Report report;
    read(Field{tree, ""}, report);
    statements.give_to(report.migrations);
    return report;
}

}  // namespace rehearse::report
