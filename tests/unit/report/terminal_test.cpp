#include "rehearse/base/text.hpp"
#include "rehearse/report/layout.hpp"
#include "rehearse/report/report.hpp"

#include "samples.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <regex>

namespace rehearse::report {
namespace {

using testing::EndsWith;
using testing::HasSubstr;
using testing::Not;

TEST(Terminal, LinesAreNoWiderThanTheTerminal) {
    for (const int width : {50, 60, 80, 100, 132, 200}) {
        for (const auto& report :
             {samples::demo(), samples::many(60), samples::hostile(), samples::one_ok()}) {
            for (const auto& line : split_lines(render_terminal(report, {false, width}))) {
                // A path or a relation's name is one word: it is not broken.
                if (line.find(".sql:") != std::string::npos) continue;
                EXPECT_LE(cells_of(line), static_cast<std::size_t>(width)) << line;
            }
        }
    }
}

TEST(Terminal, SurvivesAnyWidth) {
    for (const int width : {-1, 0, 1, 39, 100'000}) {
        EXPECT_THAT(render_terminal(samples::demo(), {false, width}), HasSubstr("rethink"));
    }
}

TEST(Terminal, HasColourOnlyWhereAsked) {
    const auto plain = render_terminal(samples::demo(), {false, 80});
    const auto coloured = render_terminal(samples::demo(), {true, 80});
    EXPECT_THAT(plain, Not(HasSubstr("\033")));
    EXPECT_THAT(coloured, HasSubstr("\033[33mnoisy"));
    // The same page otherwise, and every colour is taken back.
    EXPECT_EQ(std::regex_replace(coloured, std::regex("\033\\[[0-9;]*m"), ""), plain);
    for (const auto& line : split_lines(coloured)) {
        const auto last = line.rfind("\033[");
        if (last != std::string::npos) {
            EXPECT_EQ(line.substr(last, 4), "\033[0m") << line;
        }
    }
}

TEST(Terminal, NamesCannotMoveTheCursor) {
    auto report = samples::one_ok();
    report.migrations[0].name =
        "\033[2Jgone\r\x07\xc2\x9b"
        "31m";
    report.migrations[0].label = "noisy";
    report.migrations[0].because = "\033]0;title\x07";
    const auto text = render_terminal(report, {false, 80});
    for (const char c : text) EXPECT_TRUE(c == '\n' || static_cast<unsigned char>(c) >= 0x20);
    EXPECT_THAT(text, Not(HasSubstr("\xc2\x9b")));
}

TEST(Terminal, AGreenVerdictNamesTheHazardBesideIt) {
    auto report = samples::demo();
    report.migrations.resize(2);
    report.label = "ok";
    EXPECT_THAT(render_terminal(report, {false, 120}),
                HasSubstr("ok  2 migrations in 12.1 s, but 0042 index_audit_log_by_actor blocks "
                          "writes to audit_log 12.1 s"));
}

TEST(Terminal, SaysWhereTheThresholdsCameFrom) {
    auto report = samples::one_ok();
    EXPECT_THAT(render_terminal(report, {}),
                HasSubstr("noisy over 30 s, rethink over 5 min (the defaults)"));
    report.noisy_ms = 100;
    report.rethink_ms = 1'000;
    EXPECT_THAT(
        render_terminal(report, {}),
        HasSubstr("noisy over 100 ms, rethink over 1 s (set for this run; the defaults are"));
}

TEST(Terminal, FoldsCatchUpThatWentWell) {
    const auto text = render_terminal(samples::many(300), {});
    EXPECT_THAT(text, HasSubstr("  260 migrations before this change\n"));
    EXPECT_THAT(text, Not(HasSubstr("0260 add_note")));
    EXPECT_THAT(text, HasSubstr("0261 add_note"));
}

TEST(Terminal, AGivenUpStatementIsShownWithItsReason) {
    auto report = samples::demo();
    auto& migration = report.migrations[3];
    migration.because = "the statement at line 3 still ran after 15 min and was given up on";
    migration.error = ErrorPart{};
    migration.error->statement = 3;
    const auto text = render_terminal(report, {});
    EXPECT_THAT(text, HasSubstr("the statement at line 3 still ran after 15 min and was given"));
    EXPECT_THAT(text, HasSubstr("| ALTER TABLE billing.invoices ALTER COLUMN id TYPE bigint"));
}

TEST(Terminal, SaysWhenNobodyLooked) {
    auto report = samples::one_ok();
    EXPECT_THAT(render_terminal(report, {}), Not(HasSubstr("locks were not read")));
    for (auto& statement : report.migrations[0].statements) statement.evidence = "none";
    EXPECT_THAT(render_terminal(report, {}),
                HasSubstr("locks were not read: what would be blocked is not known"));
}

MigrationPart migration(const std::string& name, double held_ms) {
    MigrationPart part;
    part.version = "0042";
    part.name = name;
    part.label = "ok";
    part.elapsed_ms = held_ms;
    part.blocking = {{"audit_log", "ShareLock", "writes", held_ms, 1, {}, "exact"}};
    return part;
}

TEST(MigrationLine, IsOneLineThatFits) {
    EXPECT_EQ(render_migration_line(migration("index_audit_log", 12'100), {}),
              "  ok           12.1 s  0042 index_audit_log  blocks writes to audit_log 12.1 s");
}

TEST(MigrationLine, ALongNameGivesWayToALockThatIsFelt) {
    const auto line =
        render_migration_line(migration("add_index_on_actor_to_the_audit_log", 12'100), {});
    EXPECT_EQ(line,
              "  ok           12.1 s  0042 add_in…_audit_log  blocks writes to audit_log 12.1 s");
    EXPECT_LE(cells_of(line), 80U);
}

TEST(MigrationLine, ALockThatNobodyFeelsGivesWayToTheName) {
    EXPECT_EQ(render_migration_line(migration("add_index_on_actor_to_the_audit_log", 0.8), {}),
              "  ok          0.80 ms  0042 add_index_on_actor_to_the_audit_log");
}

MigrationPart partitioned() {
    auto part = migration("widen_audit_log_id", 5'270);
    part.label = "rethink";
    part.blocking.clear();
    for (const char* name : {"audit_log", "audit_log_2026_06", "audit_log_2026_07"}) {
        part.blocking.push_back(
            {name, "AccessExclusiveLock", "reads_and_writes", 5'270, 1, {}, "exact"});
        part.blocking.back().held_ms -= static_cast<double>(part.blocking.size());
    }
    part.blocking.push_back({"users", "ShareLock", "writes", 5'000, 1, {}, "exact"});
    return part;
}

TEST(MigrationLine, ATableAndItsPartitionsAreNamedOnce) {
    EXPECT_THAT(render_migration_line(partitioned(), {}),
                EndsWith("  blocks audit_log and 2 more 5.27 s"));
}

TEST(Terminal, ATableAndItsPartitionsAreOneLock) {
    auto report = samples::one_ok();
    report.migrations = {partitioned()};
    const auto text = render_terminal(report, {});
    EXPECT_THAT(text,
                HasSubstr("      AccessExclusiveLock on audit_log and 2 more for 5.27 s (exact)\n"
                          "      ShareLock on users for 5.00 s (exact)\n"));
    EXPECT_THAT(
        render_markdown(report, {}),
        HasSubstr("| reads and writes of `audit_log` and 2 more 5.27 s<br>writes to `users` "
                  "5.00 s |"));
}

TEST(MigrationLine, WhatDidNotRunHasNoTime) {
    MigrationPart part;
    part.version = "0046";
    part.name = "drop_legacy_sso";
    part.label = "not_run";
    EXPECT_EQ(render_migration_line(part, {}), "  not run           -  0046 drop_legacy_sso");
}

}  // namespace
}  // namespace rehearse::report
