#include "rehearse/report/report.hpp"
#include "rehearse/rules/rule.hpp"

#include "replay_fixture.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

// The scripts of fixtures/rules on a real server: what a rule says of them there, and not only of
// observations that were made by hand.
namespace rehearse::rules {
namespace {

using observe::Evidence;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

fs::path fixture(const std::string& name) {
    return fs::path{REHEARSE_SOURCE_DIR} / "fixtures/rules" / name;
}

class RulesOnServer : public test::ReplayTest {
  private:
    std::string made_once() const {
        const auto name = server().create_database();
        pg::PerformerSession session{server().address(name)};
        const auto made = session.execute(read_file(fixture("setup.sql")));
        EXPECT_FALSE(made.error) << made.error->message;
        return name;
    }

  protected:
    void SetUp() override {
        ReplayTest::SetUp();
        if (IsSkipped()) return;
        // The rows are made once and copied for each test.
        static const std::string kTemplate = made_once();
        pg::AdminSession admin{server().address()};
        for (const auto& statement : {"DROP DATABASE " + database(),
                                      "CREATE DATABASE " + database() + " TEMPLATE " + kTemplate}) {
            const auto why = admin.try_statement(statement);
            ASSERT_EQ(why, std::nullopt) << *why;
        }
    }

    std::vector<Finding> findings(const std::string& script, Mode mode = Mode::autocommit) {
        plan::PlannedMigration planned;
        planned.migration = add_migration(script, mode);
        planned.survey = plan::survey_file(planned.migration);
        observed_ = replay_all().migrations.at(0);
        migrations_.clear();
        const RuleInput input{planned, observed_};
        verdict_ = verdict::judge(input, {});
        part_ = report::migration_part(planned, observed_, verdict_);
        return verdict_.findings;
    }
    std::vector<Finding> findings_in(const std::string& rule, const std::string& script,
                                     Mode mode = Mode::autocommit) {
        return findings(read_file(fixture(rule) / (script + ".sql")), mode);
    }

    observe::MigrationObservation observed_;
    verdict::MigrationVerdict verdict_;
    report::MigrationPart part_;
};

std::vector<std::string> ids(const std::vector<Finding>& findings) {
    std::vector<std::string> result;
    for (const auto& finding : findings) result.push_back(finding.rule);
    return result;
}

class RuleOnServer : public RulesOnServer, public testing::WithParamInterface<std::string> {
  protected:
    // The tool whose folder has down files sends a file as one query.
    static Mode mode() {
        return GetParam() == "no-rollback" ? Mode::whole_file_query : Mode::autocommit;
    }
};

TEST_P(RuleOnServer, BadScriptHasItsFindingAndNoOther) {
    EXPECT_THAT(ids(findings_in(GetParam(), "bad", mode())), ElementsAre(GetParam()));
}

// A down file is not part of the script: no-rollback's good side needs no server.
TEST_P(RuleOnServer, GoodScriptRunsAndHasNone) {
    const auto found = findings_in(GetParam(), "good");
    EXPECT_EQ(test::failure_of(observed_), "");
    EXPECT_THAT(ids(found), IsEmpty());
}

std::vector<std::string> rule_ids() {
    std::vector<std::string> result;
    for (const auto& rule : all_rules()) result.emplace_back(rule.id);
    return result;
}

std::string test_name(const testing::TestParamInfo<std::string>& rule) {
    auto name = rule.param;
    std::replace(name.begin(), name.end(), '-', '_');
    return name;
}

INSTANTIATE_TEST_SUITE_P(All, RuleOnServer, testing::ValuesIn(rule_ids()), test_name);

TEST_F(RulesOnServer, ARewriteIsSeenWithItsSizeAndItsLock) {
    const auto found = findings_in("table-rewrite", "bad");
    ASSERT_EQ(found.size(), 1U);
    EXPECT_EQ(found[0].evidence, Evidence::exact);
    EXPECT_THAT(found[0].message, HasSubstr("rewrote audit_log, "));
    EXPECT_THAT(found[0].message, HasSubstr(" MB, under AccessExclusiveLock for "));
    ASSERT_FALSE(verdict_.blocking.empty());
    EXPECT_EQ(verdict_.blocking[0].relation.name, "audit_log");
    EXPECT_TRUE(verdict_.blocking[0].blocks_reads);
}

TEST_F(RulesOnServer, AnIndexBuildKeepsWritersOut) {
    const auto found = findings_in("index-not-concurrent", "bad");
    ASSERT_EQ(found.size(), 1U);
    EXPECT_EQ(found[0].evidence, Evidence::exact);
    EXPECT_THAT(found[0].message, HasSubstr("CREATE INDEX kept writes out of audit_log for "));
    EXPECT_EQ(found[0].relation, (pg::RelationName{"public", "audit_log"}));
}

TEST_F(RulesOnServer, AnIndexThatGoesIsToldByItsTable) {
    run_sql("CREATE INDEX audit_log_actor_idx ON audit_log (actor_id)");
    const auto found = findings(
        "SET lock_timeout = '5s'; SET statement_timeout = '60s';\n"
        "DROP INDEX audit_log_actor_idx;");
    ASSERT_THAT(ids(found), ElementsAre("index-not-concurrent"));
    EXPECT_THAT(found[0].message, HasSubstr("DROP INDEX kept reads and writes out of audit_log"));
}

TEST_F(RulesOnServer, ALockKeptBehindSlowWorkIsSeen) {
    const auto found = findings_in("held-until-commit", "bad");
    ASSERT_EQ(found.size(), 1U);
    EXPECT_EQ(found[0].evidence, Evidence::exact);
    EXPECT_THAT(found[0].message, HasSubstr("kept reads and writes out of invoices for another "));
}

TEST_F(RulesOnServer, ANullThatIsLeftIsSeen) {
    const auto found = findings(
        "SET lock_timeout = '5s'; SET statement_timeout = '60s';\n"
        "INSERT INTO workspaces VALUES (0, 'new', NULL);\n"
        "ALTER TABLE workspaces ALTER COLUMN sso_known SET NOT NULL;");
    ASSERT_THAT(ids(found), ElementsAre("not-null-without-backfill"));
    EXPECT_EQ(found[0].severity, Severity::danger);
    EXPECT_EQ(verdict_.label, verdict::Label::failed);
    EXPECT_EQ(verdict_.because,
              "23502 at line 3: column \"sso_known\" of relation \"workspaces\" contains null "
              "values");
}

TEST_F(RulesOnServer, RowValuesStayOutOfWhatIsPublic) {
    findings("SELECT email::integer FROM users WHERE id = 7;");
    EXPECT_EQ(verdict_.because, "22P02 at line 1: invalid input syntax for type integer: \"…\"");
    findings("DO $$ BEGIN RAISE EXCEPTION 'user7@example.org' USING ERRCODE = '23514'; END $$;");
    EXPECT_EQ(verdict_.because, "23514 at line 1");
    findings("CREATE UNIQUE INDEX users_email_key ON users (email);");
    EXPECT_EQ(verdict_.because,
              "23505 at line 1: could not create unique index \"users_email_key\"");
    EXPECT_THAT(observed_.failure->error.detail, HasSubstr("@example.org"));
}

TEST_F(RulesOnServer, ATableOfItsOwnBlocksNobody) {
    const auto found = findings(
        "SET lock_timeout = '5s'; SET statement_timeout = '60s';\n"
        "BEGIN; CREATE TABLE fresh (id integer);\n"
        "CREATE INDEX fresh_idx ON fresh (id);\n"
        "ALTER TABLE fresh ADD COLUMN n integer NOT NULL; COMMIT;");
    EXPECT_THAT(ids(found), IsEmpty());
    EXPECT_THAT(verdict_.blocking, IsEmpty());
}

TEST_F(RulesOnServer, ACommentInTheFileSilencesWhatItSaysAndShowsWhy) {
    const auto found = findings(
        "SET lock_timeout = '5s'; SET statement_timeout = '60s';\n"
        "-- rehearse: allow index-not-concurrent because nobody writes\n"
        "CREATE INDEX audit_log_actor_idx ON audit_log (actor_id);");
    ASSERT_EQ(found.size(), 1U);
    EXPECT_EQ(found[0].allowed_because, "nobody writes");
}

TEST_F(RulesOnServer, WhatWasSeenSurvivesJson) {
    report::Report report;
    for (const auto& rule : all_rules()) {
        findings_in(std::string{rule.id}, "bad");
        report.migrations.push_back(part_);
        if (observed_.failure) break;
    }
    report.label = "failed";
    EXPECT_EQ(report::parse_json(report::render_json(report)), report);
}

}  // namespace
}  // namespace rehearse::rules
