#include "rehearse/report/report.hpp"

#include "support/observed.hpp"

#include <gtest/gtest.h>

namespace rehearse::report {
namespace {

TEST(MigrationPart, TakesEveryFieldOver) {
    auto planned = test::planned("0042", "add_sso_required", "golang-migrate");
    planned.migration.transaction_mode = migrations::TransactionMode::whole_file_query;
    planned.in_change = false;

    auto observed = test::ran("ALTER TABLE billing.\"Order\" ALTER id TYPE bigint");
    auto& statement = observed.statements[0];
    statement.position = {0, 3, 5};
    statement.sql_shortened = true;
    statement.repeated = 7;
    statement.last_line = 9;
    statement.command_tag = "ALTER TABLE";
    statement.elapsed = Millis{41'200.12345};
    statement.commit_elapsed = Millis{1.5};
    statement.rows = 3;
    statement.wal_bytes = 4;
    statement.temp_bytes = 5;
    statement.evidence = observe::Evidence::sampled;
    statement.wrapped = true;
    statement.gave_up = true;
    statement.settings = {Millis{5'000}, Millis{60'000}, "billing, public", "migrator"};
    statement.would_be_cancelled_after = Millis{60'000};
    statement.rewrites = {{{"billing", "Order"}, 1, 2}};
    statement.index_builds = {{{"public", "i"}, {"billing", "Order"}, Millis{6}, false}};
    statement.rows_changed = {{{"billing", "Order"}, 1, 2, 3}};
    statement.scans = {{{"billing", "Order"}, 4}};
    statement.sizes = {{{"billing", "Order"}, 5, 6}};
    statement.waits = {{"relation",
                        16384,
                        {"billing", "Order"},
                        pg::LockMode::share,
                        Millis{7},
                        {"autovacuum worker"},
                        Millis{2}},
                       {"virtualxid", 0, {}, {}, Millis{8}, {}},
                       {"relation", 16385, {}, pg::LockMode::share, Millis{9}, {}}};
    statement.phases = {{"CREATE INDEX", "initializing", Millis{9}, Millis{3}}};
    statement.notices = {{"WARNING", {"01000"}, "careful"}};
    observed.elapsed = Millis{41'201.62345};
    auto hold = test::hold("Order", pg::LockMode::access_exclusive, 2, 12, 1, {2});
    hold.relation.schema = "billing";
    hold.waited = Millis{1};
    hold.not_before = Millis{1};
    hold.not_after = Millis{13};
    hold.child_of = {"billing", "Orders"};
    hold.evidence = observe::Evidence::sampled;
    observed.holds = {hold};
    observed.rows_changed = {{{"billing", "Order"}, 1, 2, 3}};
    observed.changes = {{observe::SchemaChange::Kind::column_added,
                         hold.relation_oid,
                         {"billing", "Order"},
                         'r',
                         "note",
                         "text",
                         1}};
    observed.largest_table = {{"billing", "Order"}, 70};
    observed.failure.emplace();
    observed.failure->ordinal = 1;
    observed.failure->position = {0, 4, 6};
    pg::ServerError& error = observed.failure->error;
    error.sqlstate = {"23502"};
    error.message = "message";
    error.detail = "detail";
    error.hint = "hint";
    error.context = "context";
    observed.failure->left_behind = {"INVALID index i"};
    observed.failure->violations = {
        sql::ConstraintKind::unique, {"billing", "Order"}, 5, 2, true, Millis{10'000}, "why"};

    verdict::MigrationVerdict verdict;
    verdict.label = verdict::Label::failed;
    verdict.because = "23502 at line 4";
    verdict.blocking = {{{"billing", "Order"},
                         {"billing", "order_pkey"},
                         pg::LockMode::access_exclusive,
                         true,
                         Millis{10},
                         3,
                         1,
                         {2},
                         observe::Evidence::sampled}};
    rules::Finding finding;
    finding.rule = "table-rewrite";
    finding.severity = rules::Severity::danger;
    finding.statement = 1;
    finding.line = 3;
    finding.relation = {"billing", "Order"};
    finding.message = "rewrote";
    finding.instead = "do";
    finding.evidence = observe::Evidence::exact;
    finding.allowed_because = "small";
    verdict.findings = {finding};

    MigrationPart expected;
    expected.version = "0042";
    expected.name = "add_sso_required";
    expected.path = "migrations/0042_add_sso_required.sql";
    expected.tool = "golang-migrate";
    expected.transaction_mode = "whole_file_query";
    expected.in_change = false;
    expected.label = "failed";
    expected.elapsed_ms = 41'201.623;
    expected.because = "23502 at line 4";
    expected.error =
        ErrorPart{"23502",
                  "message",
                  expected.path,
                  4,
                  6,
                  1,
                  "detail",
                  "hint",
                  {"INVALID index i"},
                  ViolationsPart{"unique", "billing.\"Order\"", 5, 2, true, 10'000, "why"}};
    StatementPart s;
    s.ordinal = 1;
    s.path = expected.path;
    s.line = 3;
    s.column = 5;
    s.sql = "ALTER TABLE billing.\"Order\" ALTER id TYPE bigint";
    s.sql_shortened = true;
    s.repeated = 7;
    s.last_line = 9;
    s.kind = "alter_table";
    s.command_tag = "ALTER TABLE";
    s.elapsed_ms = 41'200.123;
    s.commit_ms = 1.5;
    s.rows = 3;
    s.wal_bytes = 4;
    s.temp_bytes = 5;
    s.evidence = "sampled";
    s.wrapped = true;
    s.gave_up = true;
    s.settings = SettingsPart{5'000, 60'000, "billing, public", "migrator"};
    s.would_be_cancelled_after_ms = 60'000;
    s.locks = {{"billing.\"Order\"", "AccessExclusiveLock", 2, 12, 10, 1, "sampled", false, 1, 13,
                "billing.\"Orders\""}};
    s.rewrites = {{"billing.\"Order\"", 1, 2}};
    s.index_builds = {{"i", "billing.\"Order\"", 6, false}};
    s.rows_changed = {{"billing.\"Order\"", 1, 2, 3}};
    s.scans = {{"billing.\"Order\"", 4}};
    s.sizes = {{"billing.\"Order\"", 5, 6}};
    s.waits = {{"relation", "billing.\"Order\"", "ShareLock", 7, {"autovacuum worker"}, 2},
               {"virtualxid", "", "", 8, {}, 0},
               {"relation", "", "ShareLock", 9, {}, 0}};
    s.phases = {{"CREATE INDEX", "initializing", 9, 3}};
    s.notices = {{"WARNING", "01000", "careful"}};
    expected.statements = {s};
    expected.blocking = {{"billing.\"Order\"",
                          "AccessExclusiveLock",
                          "reads_and_writes",
                          10,
                          1,
                          {2},
                          "sampled",
                          "billing.order_pkey",
                          3}};
    expected.rows_changed = {{"billing.\"Order\"", 1, 2, 3}};
    expected.changes = {{"billing.\"Order\"", "column_added", "note", "text", 1}};
    expected.largest_table = {"billing.\"Order\"", 70};
    expected.findings = {
        {"table-rewrite", "danger", 1, 3, "billing.\"Order\"", "rewrote", "do", "exact", "small"}};

    EXPECT_EQ(migration_part(planned, observed, verdict), expected);
}

TEST(MigrationPart, LocksStandWithTheStatementThatTookThem) {
    auto observed = test::ran("SELECT 1; SELECT 2; SELECT 3");
    observed.holds = {test::hold("a", pg::LockMode::share, 0, 1, 3),
                      test::hold("b", pg::LockMode::share, 0, 1, 1),
                      test::hold("c", pg::LockMode::share, 0, 1, 3)};
    const auto planned = test::planned("1", "x");
    const auto part = migration_part(planned, observed, {});
    EXPECT_EQ(part.statements[0].locks.size(), 1U);
    EXPECT_EQ(part.statements[1].locks.size(), 0U);
    EXPECT_EQ(part.statements[2].locks.size(), 2U);
}

TEST(MigrationPart, OfWhatDidNotRunIsEmpty) {
    const auto planned = test::planned("1", "x");
    const auto part = migration_part(planned, {}, {});
    EXPECT_EQ(part.label, "not_run");
    EXPECT_TRUE(part.statements.empty());
    EXPECT_FALSE(part.error);
}

}  // namespace
}  // namespace rehearse::report
