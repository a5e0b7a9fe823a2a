#include "e2e/bad_input.hpp"

#include <sched.h>
#include <sys/mount.h>
#include <unistd.h>

namespace rehearse::test {

namespace {

const std::vector<BadInput>& engines() {
    static const std::vector<BadInput> rows{
        {"NoEngineAtAll",
         3,
         {"no engine can run a scratch", "docker", "REHEARSE_PG_BINDIR", "rehearse doctor"},
         [](auto& test) {
             test.options.env = {{"PATH", "/nonexistent"}, {"REHEARSE_PG_BINDIR", "/nonexistent"}};
             test.rehearsal_of(test.snapshot("shop.dump"));
             return Args{"--snapshots", "snapshots"};
         }},
        {"NoServerForTheLocalEngine",
         3,
         {"no PostgreSQL server", "apt install postgresql"},
         [](auto& test) {
             test.options.env = {{"REHEARSE_PG_BINDIR", "/nonexistent"}};
             return test.rehearsal_of(test.snapshot("shop.dump"));
         }},
        {"DockerIsNotInstalled",
         3,
         {"docker", "apt install docker.io"},
         [](auto& test) {
             test.options.env = {{"PATH", "/nonexistent"}};
             test.rehearsal_of(test.snapshot("shop.dump"));
             return Args{"--snapshots", "snapshots", "--engine", "docker"};
         }},
        {"TheServerIsOlderThanTheSnapshot",
         3,
         {"version 99 or newer", "apt install postgresql-99"},
         [](auto& test) {
             const std::string major = std::to_string(dumps_major());
             return test.rehearsal_of(test.patched("shop.dump", major + ".", "99."));
         }},
        {"TheSocketPathIsTooLong",
         3,
         {"socket", "TMPDIR"},
         [](auto& test) {
             test.options.env = {{"TMPDIR", test.folder(std::string(90, 'x'))}};
             return test.rehearsal_of(test.snapshot("shop.dump"));
         }},
        {"ThereIsNoTemporaryFolder",
         3,
         {"/nonexistent/", "TMPDIR"},
         [](auto& test) {
             test.options.env = {{"TMPDIR", "/nonexistent"}};
             return test.rehearsal_of(test.snapshot("shop.dump"));
         }},
    };
    return rows;
}

class NoRoom : public RehearseTest {
  protected:
    // A small file system for TMPDIR, in a mount namespace that goes with this process.
    bool mount_small_disk(const std::string& size) const {
        return unshare(CLONE_NEWNS) == 0 &&
               mount("", "/", nullptr, MS_REC | MS_PRIVATE, nullptr) == 0 &&
               mount("none", sandbox_.temp().c_str(), "tmpfs", 0,
                     ("mode=755,size=" + size).c_str()) == 0;
    }
    ~NoRoom() override { umount2(sandbox_.temp().c_str(), MNT_DETACH); }
};

}  // namespace

INSTANTIATE_TEST_SUITE_P(Engine, BadInputTest, ::testing::ValuesIn(engines()), name_of);

TEST_F(NoRoom, IsSaidBeforeAnythingIsWritten) {
    if (!mount_small_disk("20M")) REHEARSE_SKIP_OR_FAIL("only root may mount a small file system");
    migration("1.sql", "SELECT 1;\n");
    const auto& run = rehearse_on(snapshot("shop.dump"));
    EXPECT_EQ(run.exit_code, 4);
    expect_stderr_only(run, {"rehearse: error: not enough disk: restoring shop.dump takes about ",
                             "  hint: Set TMPDIR to a folder on a larger disk."});
}

// Enough to restore, not enough for what the migration writes: an answer about the migration, or a
// lost server when the log has no room either. Never a green label.
TEST_F(NoRoom, InTheReplayIsNeverGreen) {
    if (!mount_small_disk("250M")) REHEARSE_SKIP_OR_FAIL("only root may mount a small file system");
    migration("1.sql",
              "CREATE TABLE big AS SELECT n, repeat('x', 1000) FROM "
              "generate_series(1, 1000000) n;\n");
    const auto& run = rehearse_on(snapshot("shop.dump"), {"--tool", "plain"});
    EXPECT_THAT(run.exit_code, ::testing::AnyOf(1, 3));
    if (run.exit_code == 1) {
        EXPECT_THAT(run.out, ::testing::HasSubstr("53100"));
    } else {
        expect_stderr_only(run, {"rehearse: error: the connection to the scratch server was lost"});
    }
}

}  // namespace rehearse::test
