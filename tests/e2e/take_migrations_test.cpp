#include "rehearse/base/error.hpp"
#include "rehearse/process/process.hpp"

#include "support/folder_fixture.hpp"
#include "support/git.hpp"
#include "support/skip.hpp"

#include <gmock/gmock.h>

// ci/bot/take-migrations: what of a stranger's commit gets into the checkout that a bot rehearses.
namespace rehearse {
namespace {

using testing::HasSubstr;

class TakeMigrations : public test::FolderFixture {
  protected:
    void SetUp() override {
        if (!process::find_program("git")) REHEARSE_SKIP_OR_FAIL("no git");
        git_.run({"init", "-q", "-b", "main"});
        write("1_a.up.sql", "SELECT 1;\n");
        write("2_b.up.sql", "SELECT 2;\n");
        write("run.sh", "echo ours\n");
        write("../rehearse.toml", "snapshots = \"/srv/dumps\"\n");
        git_.commit("target");
        git_.run({"checkout", "-q", "-b", "change"});
    }

    // The commit of what was written, and the target branch checked out again.
    std::string change() const {
        const auto commit = git_.commit("change");
        git_.run({"checkout", "-q", "main"});
        return commit;
    }
    process::ProcessResult take(const std::string& commit,
                                const std::string& folder = "migrations") const {
        process::ProcessSpec spec;
        spec.program = REHEARSE_SOURCE_DIR "/ci/bot/take-migrations";
        spec.args = {commit, folder};
        spec.working_dir = parent();
        return process::make_process_runner()->run(spec);
    }
    std::string content(const fs::path& name) const { return read_file(folder() / name); }

    const test::Git git_{parent()};
};

TEST_F(TakeMigrations, TakesTheSqlAndNothingElse) {
    write("1_a.up.sql", "SELECT 'edited';\n");
    fs::remove(folder() / "2_b.up.sql");
    write("3_new ü.up.sql", "SELECT 3;\n");
    write("deeper/4.sql", "SELECT 4;\n");
    write("run.sh", "echo theirs\n");
    write("../rehearse.toml", "snapshots = \"/etc\"\n");
    write("../elsewhere.sql", "SELECT 5;\n");
    const auto taken = take(change());
    EXPECT_TRUE(taken.ok()) << taken.err;
    EXPECT_EQ(content("1_a.up.sql"), "SELECT 'edited';\n");
    EXPECT_FALSE(fs::exists(folder() / "2_b.up.sql"));
    EXPECT_EQ(content("3_new ü.up.sql"), "SELECT 3;\n");
    EXPECT_EQ(content("deeper/4.sql"), "SELECT 4;\n");
    EXPECT_EQ(content("run.sh"), "echo ours\n");
    EXPECT_EQ(content("../rehearse.toml"), "snapshots = \"/srv/dumps\"\n");
    EXPECT_FALSE(fs::exists(parent() / "elsewhere.sql"));
}

TEST_F(TakeMigrations, LeavesWhatTheTargetBranchGotMeanwhile) {
    write("3_c.up.sql", "SELECT 3;\n");
    const auto commit = change();
    write("4_d.up.sql", "SELECT 'deployed meanwhile';\n");
    write("1_a.up.sql", "SELECT 'mended meanwhile';\n");
    git_.commit("meanwhile");
    const auto taken = take(commit);
    EXPECT_TRUE(taken.ok()) << taken.err;
    EXPECT_EQ(content("3_c.up.sql"), "SELECT 3;\n");
    EXPECT_EQ(content("4_d.up.sql"), "SELECT 'deployed meanwhile';\n");
    EXPECT_EQ(content("1_a.up.sql"), "SELECT 'mended meanwhile';\n");
}

TEST_F(TakeMigrations, TheFolderMayBeSpeltInAnyWay) {
    write("3_c.up.sql", "SELECT 3;\n");
    const auto commit = change();
    for (const auto* folder_name : {"./migrations/", "migrations//", "."}) {
        const auto taken = take(commit, folder_name);
        EXPECT_TRUE(taken.ok()) << folder_name << ": " << taken.err;
        EXPECT_EQ(content("3_c.up.sql"), "SELECT 3;\n");
        fs::remove(folder() / "3_c.up.sql");
    }
}

// 1 would be taken for a label.
TEST_F(TakeMigrations, WhatIsInTheWayIsExitCode5) {
    write("deeper/3.sql", "SELECT 3;\n");
    const auto commit = change();
    write("deeper", "a file where the commit has a folder\n");
    EXPECT_EQ(take(commit).exit_code, 5);
}

TEST_F(TakeMigrations, RefusesALink) {
    fs::create_symlink("/etc/passwd", folder() / "3_link.up.sql");
    const auto taken = take(change());
    EXPECT_EQ(taken.exit_code, 5);
    EXPECT_THAT(taken.err, HasSubstr("3_link.up.sql is no plain file"));
    EXPECT_FALSE(fs::exists(folder() / "3_link.up.sql"));
}

TEST_F(TakeMigrations, DoesNotWriteThroughALinkOfTheTargetBranch) {
    write("deeper/3.sql", "SELECT 3;\n");
    const auto commit = change();
    fs::create_directory(parent() / "outside");
    fs::create_directory_symlink(parent() / "outside", folder() / "deeper");
    git_.commit("a link");
    const auto taken = take(commit);
    EXPECT_EQ(taken.exit_code, 5);
    EXPECT_THAT(taken.err, HasSubstr("is a link in the target branch"));
    EXPECT_TRUE(fs::is_empty(parent() / "outside"));
}

TEST_F(TakeMigrations, NamesWhatIsNotThere) {
    write("3_c.up.sql");
    const auto commit = change();
    EXPECT_THAT(take("0123456789").err, HasSubstr("there is no commit 0123456789"));
    EXPECT_THAT(take(commit, "nowhere").err, HasSubstr("nowhere is no folder"));
    EXPECT_THAT(take("--help").err, HasSubstr("there is no commit --help"));
}

}  // namespace
}  // namespace rehearse
