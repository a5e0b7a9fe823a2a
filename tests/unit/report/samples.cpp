#include "samples.hpp"

#include "support/observed.hpp"

#include <functional>

namespace rehearse::report::samples {

namespace {

using observe::Evidence;
using observe::MigrationObservation;
using observe::StatementObservation;
using pg::LockMode;

constexpr std::int64_t kMegabyte = 1024 * 1024;

Report empty_report() {
    Report report;
    report.tool_version = "0.1.0";
    report.run_id = "20261122-194456-1f3a";
    report.started_at = "2026-11-22T19:44:56Z";
    report.finished_at = "2026-11-22T20:01:12Z";
    report.snapshot = {"shop-2026-11-20.dump",
                       "/srv/dumps/shop-2026-11-20.dump",
                       "custom",
                       "2026-11-20T03:00:12Z",
                       2.7,
                       "15.18",
                       2'576'980'378,
                       std::string(64, 'a')};
    report.scratch.engine = "docker";
    report.scratch.image = "postgres:15";
    report.scratch.server_version = "15.18";
    report.scratch.settings = {{"shared_buffers", "2GB"}, {"fsync", "on"}};
    report.scratch.base = {"3f9d2c11", false, 36'100, 0, 5'100, "full"};
    report.noisy_ms = 30'000;
    report.rethink_ms = 300'000;
    report.sampler = {1, 12'408, 1.1, 3.9, 55};
    return report;
}

void finish(Report& report) {
    std::vector<verdict::Label> labels;
    for (const auto& m : report.migrations) labels.push_back(*verdict::label_from(m.label));
    report.label = to_string(verdict::label_of_run(labels));
}

// Times follow from the statements' own, as a replay in one transaction would have them.
void add_up(MigrationObservation& observed) {
    observed.elapsed = Millis{0};
    for (auto& statement : observed.statements) {
        statement.started = observed.elapsed;
        observed.elapsed += statement.elapsed + statement.commit_elapsed.value_or(Millis{0});
    }
}

using Shape = std::function<void(MigrationObservation&, plan::PlannedMigration&)>;

void add(Report& report, const std::string& version, const std::string& name,
         const std::string& script, const Shape& shape) {
    auto planned = test::planned(version, name);
    auto observed = test::ran(script);
    for (auto& statement : observed.statements) statement.evidence = Evidence::exact;
    shape(observed, planned);
    add_up(observed);
    const verdict::Thresholds thresholds{Millis{report.noisy_ms}, Millis{report.rethink_ms}};
    report.migrations.push_back(
        migration_part(planned, observed, verdict::judge({planned, observed}, thresholds)));
}

void add_hold(MigrationObservation& observed, std::size_t ordinal, const std::string& table,
              LockMode mode) {
    double from = 0;
    for (const auto& s : observed.statements) {
        if (s.ordinal < ordinal) from += s.elapsed.count();
    }
    const auto& statement = observed.statements.at(ordinal - 1);
    observed.holds.push_back(
        test::hold(table, mode, from, from + statement.elapsed.count(), ordinal));
}

constexpr const char* kTimeouts = "SET lock_timeout = '5s';\nSET statement_timeout = '60s';\n";

void add_small_column(Report& report, const std::string& version, const std::string& name,
                      const std::string& table) {
    add(report, version, name, kTimeouts + ("ALTER TABLE " + table + " ADD COLUMN note text;"),
        [&](auto& observed, auto&) {
            observed.statements[2].elapsed = Millis{0.8};
            observed.statements[2].wal_bytes = 6'120;
            add_hold(observed, 3, table, LockMode::access_exclusive);
        });
}

void add_not_run(Report& report, const std::string& version, const std::string& name) {
    const auto planned = test::planned(version, name);
    const MigrationObservation observed;
    report.migrations.push_back(
        migration_part(planned, observed, verdict::judge({planned, observed}, {})));
}

}  // namespace

Report demo() {
    auto report = empty_report();
    report.warnings = {"skipped shop-2026-11-22.dump: still being written"};
    add_small_column(report, "0041", "add_sso_required", "workspaces");
    add(report, "0042", "index_audit_log_by_actor",
        "CREATE INDEX audit_log_actor_idx ON audit_log (actor_id);", [](auto& observed, auto&) {
            auto& statement = observed.statements[0];
            statement.elapsed = Millis{12'100};
            statement.wal_bytes = 214 * kMegabyte;
            statement.index_builds.push_back(
                {{"public", "audit_log_actor_idx"}, {"public", "audit_log"}, Millis{12'050}, true});
            add_hold(observed, 1, "audit_log", LockMode::share);
        });
    add(report, "0043", "backfill_sso_required",
        std::string{kTimeouts} +
            "BEGIN;\n"
            "ALTER TABLE workspaces ADD COLUMN sso_source text;\n"
            "UPDATE workspaces SET sso_required = false, sso_source = 'backfill 2026-11' WHERE "
            "sso_required IS NULL;\n"
            "COMMIT;\n",
        [](auto& observed, auto&) {
            auto& update = observed.statements[4];
            update.elapsed = Millis{40'300};
            update.command_tag = "UPDATE 2100000";
            update.rows = 2'100'000;
            update.rows_changed.push_back({{"public", "workspaces"}, 0, 2'100'000, 0});
            update.scans.push_back({{"public", "workspaces"}, 2'100'000});
            update.waits.push_back({"relation",
                                    0,
                                    {"public", "workspaces"},
                                    LockMode::row_exclusive,
                                    Millis{1'200},
                                    {"autovacuum worker"}});
            update.wal_bytes = 1'288 * kMegabyte;
            observed.rows_changed = update.rows_changed;
            observed.changes.push_back({observe::SchemaChange::Kind::column_added,
                                        0,
                                        {"public", "workspaces"},
                                        'r',
                                        "sso_source",
                                        "text",
                                        4});
            observed.largest_table = {{"public", "workspaces"}, 2'402'341'478};
            observed.statements[5].elapsed = Millis{900};
            observed.holds.push_back(
                test::hold("workspaces", LockMode::access_exclusive, 3, 41'203, 4, {5}));
        });
    add(report, "0044", "widen_invoice_ids",
        std::string{kTimeouts} + "ALTER TABLE billing.invoices ALTER COLUMN id TYPE bigint;",
        [](auto& observed, auto& planned) {
            auto& statement = observed.statements[2];
            statement.elapsed = Millis{500'000};
            statement.wal_bytes = 9'400 * kMegabyte;
            statement.rewrites.push_back({{"billing", "invoices"}, 4'402'341'478, 4'502'341'478});
            add_hold(observed, 3, "invoices", LockMode::access_exclusive);
            observed.holds.back().relation.schema = "billing";
            planned.survey.allowed = {
                {"statement-timeout-unset", "the window is agreed with support", 1}};
            observed.statements.erase(observed.statements.begin() + 1);
            for (auto& later : observed.statements) later.settings.statement_timeout = {};
        });
    add(report, "0045", "sso_required_not_null",
        std::string{kTimeouts} + "\nALTER TABLE workspaces ALTER COLUMN sso_required SET NOT NULL;",
        [](auto& observed, auto&) {
            auto& statement = observed.statements[2];
            statement.elapsed = Millis{312};
            pg::ServerError error;
            error.sqlstate.code = "23502";
            error.message =
                "column \"sso_required\" of relation \"workspaces\" contains null values";
            error.detail = "Failing row contains (17, ada@example.org, null).";
            statement.error = error;
            observed.failure = {3, statement.position, error, false, {}};
            auto& violations = observed.failure->violations.emplace();
            violations.kind = sql::ConstraintKind::not_null;
            violations.relation = {"public", "workspaces"};
            violations.rows = 2'318;
            violations.limit = Millis{10'000};
            add_hold(observed, 3, "workspaces", LockMode::access_exclusive);
        });
    add_not_run(report, "0046", "drop_legacy_sso");
    finish(report);
    return report;
}

Report one_ok() {
    auto report = empty_report();
    add_small_column(report, "20261121101500", "add_note_to_workspaces", "workspaces");
    finish(report);
    return report;
}

Report many(std::size_t count) {
    auto report = empty_report();
    constexpr std::size_t kInChange = 40;
    for (std::size_t i = 1; i <= count; ++i) {
        const auto version = std::to_string(10'000 + i).substr(1);
        const bool in_change = i + kInChange > count;
        if (in_change && i % 7 == 0) {
            add(report, version, "backfill_table_" + version,
                std::string{kTimeouts} + "UPDATE table_" + version + " SET c = 'value " + version +
                    "';",
                [](auto& observed, auto&) {
                    observed.statements[2].elapsed = Millis{31'000};
                    observed.statements[2].rows = 40'000;
                });
        } else {
            add_small_column(report, version, "add_note_to_table_" + version, "table_" + version);
        }
        report.migrations.back().in_change = in_change;
    }
    finish(report);
    return report;
}

Report hostile() {
    auto report = empty_report();
    const std::string name =
        "x | y ``` <img src=x onerror=alert(1)> @everyone #1 [a](b)\n# h\n\\|z";
    report.snapshot.name = "dump|`<b>\033[31m.dump";
    report.warnings = {"<script>alert(1)</script> @here | https://evil.example www.evil.example"};
    add(report, "1", name, "UPDATE \"t|`</code><b>\" SET a = '```\n</details>\n@everyone';",
        [&](auto& observed, auto& planned) {
            planned.migration.path = "migrations/a|b`c <i>.sql";
            auto& statement = observed.statements[0];
            statement.elapsed = Millis{31'000};
            statement.rows = 9'000;
            statement.notices.push_back({"NOTICE", {"00000"}, "row is ada@example.org"});
            add_hold(observed, 1, "t|`</code><b>\\|", LockMode::access_exclusive);
            planned.survey.allowed = {{"lock-timeout-unset", "</details> @everyone | `", 1}};
        });
    add(report, "2", "fails", "INSERT INTO t VALUES ('ada@example.org');",
        [](auto& observed, auto&) {
            pg::ServerError error;
            error.sqlstate.code = "22P02";
            error.message = "invalid input syntax for type integer: \"ada@example.org\"";
            error.detail = "Key (email)=(ada@example.org) already exists.";
            error.hint = "ask ada@example.org";
            observed.failure = {
                1, observed.statements[0].position, error, false, {"half | a `table`"}};
            auto& violations = observed.failure->violations.emplace();
            violations.relation = {"public", "t|`</code><b>"};
            violations.why_not = "</details> @everyone | `";
        });
    finish(report);
    return report;
}

Report nothing_pending() {
    auto report = empty_report();
    finish(report);
    return report;
}

}  // namespace rehearse::report::samples
