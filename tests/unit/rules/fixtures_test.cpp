#include "rehearse/base/files.hpp"
#include "rehearse/rules/rule.hpp"

#include "support/observed.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <functional>
#include <map>

// Each rule's two scripts in fixtures/rules/<id>: bad.sql has that finding and no other that is not
// explained here, good.sql has none. What a run would have seen of them is put in by hand; the same
// scripts are run on a real server by the integration tests.
namespace rehearse::rules {
namespace {

using observe::Evidence;
using observe::MigrationObservation;
using pg::LockMode;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::UnorderedElementsAreArray;

using Seen = std::function<void(MigrationObservation&, plan::PlannedMigration&)>;

struct Story {
    Seen bad;
    Seen good;
    std::vector<std::string> also = {};  // findings of other rules that the bad script earns too
};

void nothing(MigrationObservation&, plan::PlannedMigration&) {}

observe::StatementObservation& statement_of(MigrationObservation& observed,
                                            sql::StatementKind kind) {
    for (auto& statement : observed.statements) {
        if (statement.classification.kind == kind) return statement;
    }
    throw std::out_of_range("no such statement");
}

void takes(MigrationObservation& observed, observe::StatementObservation& statement,
           const std::string& table, LockMode mode, Millis elapsed) {
    statement.elapsed = elapsed;
    statement.evidence = Evidence::exact;
    const auto end = statement.started + elapsed;
    observed.holds.push_back(
        test::hold(table, mode, statement.started.count(), end.count(), statement.ordinal));
}

// To the table of the last hold.
void adds_check(MigrationObservation& observed, std::optional<std::size_t> ordinal) {
    const auto& table = observed.holds.back();
    observed.changes.push_back({observe::SchemaChange::Kind::constraint_added, table.relation_oid,
                                table.relation, 'r', "audit_log_action_given", "check", ordinal});
}

const std::map<std::string, Story>& stories() {
    static const std::map<std::string, Story> kStories{
        {"not-null-without-backfill",
         {[](auto& observed, auto&) {
              statement_of(observed, sql::StatementKind::update).rows = 800;
          },
          nothing}},
        {"index-not-concurrent",
         {[](auto& observed, auto&) {
              takes(observed, statement_of(observed, sql::StatementKind::create_index), "audit_log",
                    LockMode::share, Millis{12'100});
          },
          nothing}},
        {"drop-column-still-used", {nothing, nothing}},
        {"rows-changed-in-migration",
         {[](auto& observed, auto&) {
              statement_of(observed, sql::StatementKind::update).rows = 2'100'000;
          },
          [](auto& observed, auto&) {
              statement_of(observed, sql::StatementKind::update).rows = 1'000;
          }}},
        {"no-rollback",
         {[](auto&, auto& planned) { planned.migration.tool = "golang-migrate"; },
          [](auto&, auto& planned) {
              planned.migration.tool = "golang-migrate";
              planned.migration.down_path = "good.down.sql";
          }}},
        {"lock-timeout-unset", {nothing, nothing}},
        {"statement-timeout-unset", {nothing, nothing}},
        {"cancelled-by-statement-timeout",
         {[](auto& observed, auto&) {
              auto& statement = statement_of(observed, sql::StatementKind::select);
              statement.elapsed = Millis{120};
              statement.would_be_cancelled_after = statement.settings.statement_timeout;
          },
          nothing}},
        {"table-rewrite",
         {[](auto& observed, auto&) {
              auto& statement = statement_of(observed, sql::StatementKind::alter_table);
              takes(observed, statement, "audit_log", LockMode::access_exclusive, Millis{41'200});
              statement.rewrites.push_back({{"public", "audit_log"}, 4'402'341'478, 4'402'341'478});
          },
          [](auto& observed, auto&) {
              takes(observed, statement_of(observed, sql::StatementKind::alter_table), "audit_log",
                    LockMode::access_exclusive, Millis{0.8});
          }}},
        {"held-until-commit",
         {[](auto& observed, auto&) {
              auto& alter = statement_of(observed, sql::StatementKind::alter_table);
              auto& insert = statement_of(observed, sql::StatementKind::insert);
              insert.elapsed = Millis{7'100};
              insert.rows = 900;
              observed.holds.push_back(test::hold("invoices", LockMode::access_exclusive, 3, 7'105,
                                                  alter.ordinal, {insert.ordinal}));
          },
          [](auto& observed, auto&) {
              auto& alter = statement_of(observed, sql::StatementKind::alter_table);
              statement_of(observed, sql::StatementKind::insert).elapsed = Millis{7'100};
              observed.holds.push_back(
                  test::hold("invoices", LockMode::access_exclusive, 7'103, 7'105, alter.ordinal));
          }}},
        {"index-left-invalid",
         {[](auto& observed, auto&) {
              auto& statement = statement_of(observed, sql::StatementKind::create_index);
              statement.index_builds.push_back(
                  {{"public", "users_email_key"}, {"public", "users"}, Millis{900}, false});
              observed.failure.emplace();
              observed.failure->ordinal = statement.ordinal;
              observed.failure->error.sqlstate.code = "23505";
          },
          nothing}},
        {"constraint-violated",
         {[](auto& observed, auto&) {
              const auto& statement = statement_of(observed, sql::StatementKind::alter_table);
              observed.failure.emplace();
              observed.failure->ordinal = statement.ordinal;
              observed.failure->error.sqlstate.code = "23514";
              observed.failure->violations.emplace();
              observed.failure->violations->relation = {"public", "invoices"};
              observed.failure->violations->rows = 10;
          },
          nothing}},
        {"never-committed",
         {[](auto& observed, auto&) {
              observed.left_open_by = statement_of(observed, sql::StatementKind::begin).ordinal;
          },
          nothing}},
        {"validated-under-lock",
         {[](auto& observed, auto&) {
              auto& statement = statement_of(observed, sql::StatementKind::alter_table);
              takes(observed, statement, "audit_log", LockMode::access_exclusive, Millis{1'900});
              statement.scans.push_back({{"public", "audit_log"}, 300'000});
              adds_check(observed, statement.ordinal);
          },
          [](auto& observed, auto&) {
              auto& statement = statement_of(observed, sql::StatementKind::alter_table);
              takes(observed, statement, "audit_log", LockMode::access_exclusive, Millis{0.8});
              adds_check(observed, std::nullopt);
          }}},
    };
    return kStories;
}

std::vector<Finding> findings(const std::string& rule, const std::string& script,
                              const Seen& seen) {
    auto observed = test::ran(
        read_file(fs::path{REHEARSE_SOURCE_DIR} / "fixtures/rules" / rule / (script + ".sql")));
    auto planned = test::planned("0007", "add_sso_required");
    seen(observed, planned);
    return findings_of({planned, observed});
}

std::vector<std::string> ids(const std::vector<Finding>& findings) {
    std::vector<std::string> result;
    for (const auto& finding : findings) result.push_back(finding.rule);
    return result;
}

class RuleFixture : public testing::TestWithParam<std::string_view> {};

TEST_P(RuleFixture, BadScriptHasItsFindingAndNoOther) {
    const std::string rule{GetParam()};
    const auto& story = stories().at(rule);
    auto expected = story.also;
    expected.push_back(rule);
    EXPECT_THAT(ids(findings(rule, "bad", story.bad)), UnorderedElementsAreArray(expected));
}

TEST_P(RuleFixture, GoodScriptHasNone) {
    const std::string rule{GetParam()};
    EXPECT_THAT(ids(findings(rule, "good", stories().at(rule).good)), IsEmpty());
}

TEST_P(RuleFixture, FindingSaysWhatWhereAndWhatInstead) {
    const std::string rule{GetParam()};
    for (const auto& finding : findings(rule, "bad", stories().at(rule).bad)) {
        EXPECT_FALSE(finding.message.empty());
        EXPECT_FALSE(finding.instead.empty());
        EXPECT_EQ(finding.message.find('{'), std::string::npos) << finding.message;
        EXPECT_EQ(finding.instead.find('{'), std::string::npos) << finding.instead;
        EXPECT_EQ(finding.statement.has_value(), finding.line.has_value());
        if (finding.line) {
            EXPECT_GT(*finding.line, 1);
        }
    }
}

std::vector<std::string_view> rule_ids() {
    std::vector<std::string_view> result;
    for (const auto& rule : all_rules()) result.push_back(rule.id);
    return result;
}

std::string test_name(const testing::TestParamInfo<std::string_view>& rule) {
    std::string name{rule.param};
    std::replace(name.begin(), name.end(), '-', '_');
    return name;
}

INSTANTIATE_TEST_SUITE_P(All, RuleFixture, testing::ValuesIn(rule_ids()), test_name);

TEST(Rules, EachHasItsStoryAndTexts) {
    for (const auto& rule : all_rules()) {
        EXPECT_TRUE(stories().contains(std::string{rule.id})) << rule.id;
        EXPECT_GE(rule.checklist_rule, 1) << rule.id;
        EXPECT_LE(rule.checklist_rule, 8) << rule.id;
        for (const auto text : {rule.does_to_users, rule.instead}) {
            ASSERT_FALSE(text.empty()) << rule.id;
            EXPECT_TRUE(text.ends_with(".") || text.ends_with(";")) << text;
        }
    }
    EXPECT_EQ(stories().size(), all_rules().size());
}

TEST(Rules, HaveIdsOfTheirOwn) {
    std::map<std::string_view, int> count;
    for (const auto& rule : all_rules()) ++count[rule.id];
    for (const auto& [id, times] : count) EXPECT_EQ(times, 1) << id;
}

TEST(Rules, SayNothingOfWhatDidNotRun) {
    const auto planned = test::planned("1", "x", "golang-migrate");
    EXPECT_THAT(findings_of({planned, {}}), IsEmpty());
}

// The words that people act on.
TEST(Rules, SpeakOfWhatWasSeen) {
    const std::pair<const char*, const char*> cases[] = {
        {"not-null-without-backfill",
         "sets workspaces.sso_required NOT NULL in the migration that fills it (line 7)"},
        {"index-not-concurrent", "CREATE INDEX kept writes out of audit_log for 12.1 s"},
        {"drop-column-still-used",
         "drops column legacy_total of invoices: code that still reads or writes it fails at once"},
        {"rows-changed-in-migration",
         "UPDATE changed 2.1 M rows of audit_log in one statement of 1.0 ms"},
        {"no-rollback", "has no way back"},
        {"lock-timeout-unset", "ALTER TABLE waits for its lock without a lock_timeout"},
        {"statement-timeout-unset", "ALTER TABLE runs without a statement_timeout"},
        {"cancelled-by-statement-timeout",
         "SELECT ran for 120 ms: production would have cancelled this after 5 ms"},
        {"table-rewrite", "rewrote audit_log, 4.1 GB, under AccessExclusiveLock for 41.2 s"},
        {"held-until-commit",
         "kept reads and writes out of invoices for another 7.10 s until its transaction ended, "
         "while "
         "INSERT at line 7 ran; taking AccessExclusiveLock needed 1.0 ms"},
        {"index-left-invalid",
         "left the index users_email_key behind INVALID: writes to users pay for it, no query uses "
         "it"},
        {"never-committed",
         "the file ends inside the transaction that begins here: all of it is rolled back"},
    };
    for (const auto& [rule, message] : cases) {
        const auto found = findings(rule, "bad", stories().at(rule).bad);
        ASSERT_EQ(found.size(), 1U) << rule;
        EXPECT_EQ(found[0].message, message);
    }
}

}  // namespace
}  // namespace rehearse::rules
