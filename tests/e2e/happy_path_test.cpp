#include "rehearse/process/process.hpp"

#include "e2e/rehearse_test.hpp"
#include "support/dumps.hpp"
#include "support/skip.hpp"

namespace rehearse::test {

namespace {

using nlohmann::json;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;

// Wide apart, so that a busy machine does not move a label.
const Args kThresholds{"--noisy", "700ms", "--rethink", "2.5s"};

class HappyPath : public RehearseTest {
  protected:
    // One migration for each label, each for a true reason.
    void write_plain_migrations() const {
        migration("0001_sso_required.sql",
                  "ALTER TABLE workspaces ADD COLUMN sso_required boolean;\n");
        migration("0002_fill.sql",
                  "UPDATE workspaces SET sso_required = false;\nSELECT pg_sleep(0.9);\n");
        migration("0003_long.sql", "SELECT pg_sleep(2.7);\n");
        migration("0004_unique.sql",
                  "CREATE TABLE made_before_it_fails (id int);\n\n"
                  "  CREATE UNIQUE INDEX one_of_each ON users (left(email::text, 9));\n");
        migration("0005_after.sql", "ALTER TABLE invoices ADD COLUMN paid_at timestamptz;\n");
    }

    // Holds a report to the schema that the binary ships, with a validator that is not ours.
    void expect_valid(const fs::path& report) {
        const fs::path schema =
            sandbox_.write("schema.json", run_rehearse({"report", "--schema"}).out);
        process::ProcessSpec spec;
        spec.program = "python3";
        spec.args = {"-c",
                     "import json, jsonschema, sys\n"
                     "schema, report = (json.load(open(path)) for path in sys.argv[1:])\n"
                     "jsonschema.Draft202012Validator.check_schema(schema)\n"
                     "jsonschema.validate(report, schema, jsonschema.Draft202012Validator)\n",
                     schema, report};
        const auto result = process::make_process_runner()->run(spec);
        EXPECT_TRUE(result.ok()) << result.err;
    }
};

}  // namespace

TEST_F(HappyPath, PlainFolderGetsEveryLabel) {
    write_plain_migrations();
    const auto& run =
        rehearse_on(snapshot("shop.dump"), kThresholds + Args{"--format", "json", "--out", "out"});
    EXPECT_EQ(run.exit_code, 1);
    const auto report = json::parse(run.out);
    EXPECT_THAT(labels_of(report), ElementsAre("ok", "noisy", "rethink", "failed", "not_run"));
    EXPECT_EQ(report["label"], "failed");
    EXPECT_EQ(report["scratch"]["engine"], REHEARSE_E2E_ENGINE);
    EXPECT_EQ(report["migrations"][0]["tool"], "plain");
    EXPECT_EQ(report["thresholds"]["noisy_ms"], 700);

    // The exact reading of a lock that is held for less than a millisecond.
    const auto& locks = report["migrations"][0]["statements"][0]["locks"];
    ASSERT_FALSE(locks.empty());
    EXPECT_EQ(locks[0]["relation"], "workspaces");
    EXPECT_EQ(locks[0]["mode"], "AccessExclusiveLock");
    EXPECT_EQ(locks[0]["evidence"], "exact");

    const auto& error = report["migrations"][3]["error"];
    EXPECT_EQ(error["sqlstate"], "23505");
    EXPECT_EQ(error["line"], 3);
    EXPECT_EQ(error["statement"], 2);
    EXPECT_THAT(std::string(error["path"]), HasSubstr("0004_unique.sql"));

    const fs::path out = sandbox_.work() / "out";
    EXPECT_EQ(read_file(out / "report.json"), run.out);
    for (const char* file :
         {"report.json", "report.md", "report.html", "schema-before.sql", "schema-after.sql"}) {
        EXPECT_EQ(fs::status(out / file).permissions(), fs::perms(0600)) << file;
    }
    EXPECT_EQ(fs::status(out).permissions(), fs::perms(0700));
    EXPECT_THAT(read_file(out / "schema-before.sql"), Not(HasSubstr("sso_required")));
    EXPECT_THAT(read_file(out / "schema-after.sql"), HasSubstr("sso_required"));
    expect_valid(out / "report.json");

    // What is shown in public names no row's values.
    const std::string markdown = read_file(out / "report.md");
    EXPECT_THAT(markdown, HasSubstr("23505"));
    EXPECT_THAT(markdown, Not(HasSubstr("Secret.Pe")));
}

TEST_F(HappyPath, GolangMigrateReplaysWhatItsHistoryLacks) {
    migration("1_init.up.sql", "SELECT 1;\n");
    migration("2_users.up.sql", "SELECT 1;\n");
    migration("2_users.down.sql", "SELECT 1;\n");
    migration("3_trial.up.sql", "ALTER TYPE plan ADD VALUE 'trial';\n");
    migration(
        "10_phone.up.sql",
        "ALTER TABLE users ADD COLUMN sms boolean;\nUPDATE users SET sms = phone IS NOT NULL;\n");
    const auto& run = rehearse_on(snapshot("shop.dump"), {"--format", "json"});
    EXPECT_EQ(run.exit_code, 0);
    const auto report = json::parse(run.out);
    EXPECT_THAT(versions_of(report), ElementsAre("3", "10"));
    EXPECT_THAT(labels_of(report), ElementsAre("ok", "ok"));
    EXPECT_EQ(report["migrations"][1]["tool"], "golang-migrate");
    EXPECT_EQ(report["migrations"][1]["transaction_mode"], "whole_file_query");
}

TEST_F(HappyPath, OwnersAndGrantsAreKeptThroughStandIns) {
    // Fails where the view's owner, the reader's grant or the extension did not come over.
    migration(
        "1.sql",
        "DO $$ BEGIN\n"
        "  ASSERT (SELECT relowner::regrole::text FROM pg_class WHERE relname = 'unpaid') = "
        "'shop_owner';\n"
        "  ASSERT has_table_privilege('shop reader', 'users', 'SELECT');\n"
        "  ASSERT NOT has_table_privilege('shop reader', 'users', 'UPDATE');\n"
        "  ASSERT (SELECT count(*) FROM users WHERE email = 'SECRET.person1@example.com') = 1;\n"
        "  ASSERT (SELECT NOT rolcanlogin FROM pg_roles WHERE rolname = 'shop_owner');\n"
        "END $$;\n");
    const auto& run = rehearse_on(snapshot("shop.dump"), {"--tool", "plain"});
    EXPECT_EQ(run.exit_code, 0) << run.out << run.err;
}

}  // namespace rehearse::test
