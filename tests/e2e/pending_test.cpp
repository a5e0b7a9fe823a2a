#include "e2e/rehearse_test.hpp"
#include "support/git.hpp"

namespace rehearse::test {

namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

// What `rehearse pending` says, on the snapshot whose history has versions 1 and 2.
class PendingCommand : public RehearseTest {
  protected:
    void SetUp() override {
        RehearseTest::SetUp();
        if (IsSkipped()) return;
        for (const char* name : {"1_a.up.sql", "2_b.up.sql", "3_c.up.sql", "4_d.up.sql"})
            migration(name, "SELECT 1;\n");
    }
    Outcome& pending_on(const fs::path& dump, const Args& more = {}) {
        return run_rehearse(
            Args{"pending", "--snapshot", dump.string(), "--migrations", "migrations"} +
            engine_under_test() + more);
    }
};

constexpr const char* kShort =
    "golang-migrate: 4 migrations NUMBER_name.up.sql, schema_migrations.version = 2\n"
    "2 pending, 2 applied\n"
    "  3  c  whole_file_query  above version 2\n"
    "  4  d  whole_file_query  above version 2\n";

}  // namespace

TEST_F(PendingCommand, ReadsTheHistoryStraightFromAnArchive) {
    for (const char* dump : {"shop.dump", "shop.dir", "shop.tar"}) {
        const auto& run = pending_on(snapshot(dump));
        EXPECT_EQ(run.exit_code, 0) << run.err;
        EXPECT_EQ(run.out, kShort) << dump;
        EXPECT_THAT(run.err, Not(HasSubstr("restor"))) << dump;
    }
}

TEST_F(PendingCommand, RestoresAPlainDump) {
    const auto& run = pending_on(snapshot("shop.sql.gz"));
    EXPECT_EQ(run.exit_code, 0) << run.err;
    EXPECT_EQ(run.out, kShort);
    expect_stderr_only(run, {"must be restored to read the history from it: it is a plain dump"});
}

TEST_F(PendingCommand, ListsWhatWasAskedFor) {
    const fs::path dump = snapshot("shop.dump");
    const auto& only = pending_on(dump, {"--only", "4"});
    EXPECT_THAT(only.out, AllOf(HasSubstr("2 pending, 2 applied, 1 of them asked for\n  4  d"),
                                Not(HasSubstr("  3  c"))));
    const auto& until = pending_on(dump, {"--until", "3"});
    EXPECT_THAT(until.out, AllOf(HasSubstr("  3  c"), Not(HasSubstr("  4  d"))));
    const auto& unknown = pending_on(dump, {"--only", "2"});
    EXPECT_EQ(unknown.exit_code, 2);
    expect_stderr_only(unknown, {"--only 2: no pending migration has this version",
                                 "hint: Did you mean 3?", "hint: Pending are 3 to 4."});
}

TEST_F(PendingCommand, TellsWhatThisChangeAdds) {
    const Git git{sandbox_.work()};
    git.run({"init", "-q", "-b", "main"});
    fs::remove(sandbox_.work() / "migrations" / "4_d.up.sql");
    git.commit("before");
    migration("4_d.up.sql", "SELECT 1;\n");
    const auto& run = pending_on(snapshot("shop.dump"), {"--since", "main"});
    EXPECT_THAT(run.out, HasSubstr("  3  c  whole_file_query  above version 2, catch-up\n"
                                   "  4  d  whole_file_query  above version 2, in this change\n"));
}

TEST_F(PendingCommand, RefusesWithTheToolsMeaning) {
    for (const char* name : {"1_a.up.sql", "2_b.up.sql"})
        fs::remove(sandbox_.work() / "migrations" / name);
    const fs::path dump = snapshot("shop.dump");
    const auto& run = pending_on(dump);
    EXPECT_EQ(run.exit_code, 5);
    EXPECT_THAT(run.out, HasSubstr("refused: no migration found for version 2\n  hint: "));
    const auto& other = pending_on(dump, {"--tool", "prisma"});
    EXPECT_EQ(other.exit_code, 5);
    expect_stderr_only(other, {"no prisma migrations", "hint: "});
}

TEST_F(PendingCommand, AsksForTheToolWhereTheHistoryIsAnothers) {
    fs::remove_all(sandbox_.work() / "migrations");
    migration("V1__a.sql", "SELECT 1;\n");
    const auto& run = pending_on(snapshot("shop.dump"));
    EXPECT_EQ(run.exit_code, 5);
    EXPECT_THAT(run.out, StartsWith("flyway: 1 migration V1__name.sql, no table "
                                    "flyway_schema_history\n"));
    EXPECT_THAT(run.out, HasSubstr("golang-migrate's schema_migrations"));
    EXPECT_THAT(run.out, HasSubstr("--tool"));
}

}  // namespace rehearse::test
