#include "rehearse/process/process.hpp"

#include "e2e/take_command.hpp"

#include <fstream>

namespace rehearse::test {

namespace {

using ::testing::HasSubstr;
using ::testing::StartsWith;

fs::perms mode_of(const fs::path& path) {
    return fs::status(path).permissions();
}

// A remote of rclone's, "store", that is a folder here.
class RemotePlace : public TakeCommand {
  protected:
    void SetUp() override {
        TakeCommand::SetUp();
        if (IsSkipped() || HasFatalFailure()) return;
        if (!process::find_program("rclone")) REHEARSE_SKIP_OR_FAIL("rclone is not installed");
        // rclone makes the folder of its configuration where there is none.
        with_store_.env = {{"RCLONE_CONFIG", (sandbox_.work() / "rclone.conf").string()},
                           {"RCLONE_CONFIG_STORE_TYPE", "alias"},
                           {"RCLONE_CONFIG_STORE_REMOTE", store().string()}};
    }

    // What was fetched stays for the next run; what was taken does not stay here.
    void TearDown() override {
        const fs::path cache = sandbox_.cache() / "rehearse";
        EXPECT_TRUE(!fs::exists(cache / "taking") || fs::is_empty(cache / "taking"));
        fs::remove_all(cache);
        TakeCommand::TearDown();
    }

    fs::path store() const { return sandbox_.work() / "store"; }
    fs::path fetched() const { return sandbox_.cache() / "rehearse/snapshots"; }

    Outcome& run_with_store(const Args& args) { return run_rehearse(args, with_store_); }

    RunOptions with_store_;
};

}  // namespace

TEST_F(RemotePlace, WorksLikeAFolder) {
    const std::string place = "store:weekly";
    for (const char* name : {"one", "two"}) {
        const auto& taken = run_with_store(take_into(place) + Args{"--name", name});
        EXPECT_EQ(taken.exit_code, 0);
        EXPECT_THAT(taken.out, StartsWith("store:weekly/" + std::string(name) + "  "));
    }
    EXPECT_TRUE(fs::exists(store() / "weekly/two/manifest.json"));
    EXPECT_FALSE(fs::exists(store() / "weekly/two.partial"));
    EXPECT_FALSE(fs::exists(store() / "weekly/two/.writer"));
    const auto& again = run_with_store(take_into(place) + Args{"--name", "two"});
    EXPECT_EQ(again.exit_code, 2);
    expect_stderr_only(again, {"rehearse: error: store:weekly/two is there already"});

    const auto& listed = run_with_store({"snapshot", "list", "--snapshots", place});
    EXPECT_THAT(listed.out, StartsWith("two  20"));
    EXPECT_THAT(listed.out, HasSubstr("\none  20"));

    migration("1.sql", "DO $$ BEGIN ASSERT (SELECT count(*) FROM users) = 1000; END $$;\n");
    for (const bool fetches : {true, false}) {
        const auto& run = run_with_store(Args{"--snapshot", "latest", "--snapshots", place,
                                              "--tool", "plain", "--format", "json"} +
                                         engine_under_test());
        EXPECT_EQ(run.exit_code, 0) << run.out;
        EXPECT_EQ(run.err.find("fetching two") != std::string::npos, fetches) << run.err;
    }
    EXPECT_EQ(mode_of(fetched() / "two/dump"), fs::perms::owner_all);
    EXPECT_EQ(mode_of(fetched() / "two/manifest.json"),
              fs::perms::owner_read | fs::perms::owner_write);

    const Args prune{"snapshot", "prune", "--snapshots", place, "--keep", "1"};
    EXPECT_EQ(run_with_store(prune + Args{"--dry-run"}).out, "would remove one\n");
    EXPECT_TRUE(fs::exists(store() / "weekly/one/manifest.json"));
    EXPECT_EQ(run_with_store(prune).out, "removed one\n");
    EXPECT_FALSE(fs::exists(store() / "weekly/one"));
    EXPECT_TRUE(fs::exists(store() / "weekly/two/manifest.json"));
}

TEST_F(RemotePlace, HoldsPlainDumpsTooAndIsNamedInTheConfigFile) {
    fs::create_directories(store());
    fs::copy_file(snapshot("shop.dump"), store() / "night.dump");
    sandbox_.write("rehearse.toml", "snapshots = \"store:\"\n");
    const auto& verified = run_with_store({"snapshot", "verify"});
    EXPECT_EQ(verified.exit_code, 0);
    EXPECT_THAT(verified.out, StartsWith("night.dump  20"));
    EXPECT_EQ(mode_of(fetched() / "night.dump"), fs::perms::owner_read | fs::perms::owner_write);
}

TEST_F(RemotePlace, ADamagedBundleIsNotUsed) {
    run_with_store(take_into("store:") + Args{"--name", "week"});
    std::ofstream(store() / "week/roles.sql", std::ios::in | std::ios::out) << "x";
    const auto& verified = run_with_store({"snapshot", "verify", "--snapshots", "store:"});
    EXPECT_EQ(verified.exit_code, 4);
    expect_stderr_only(verified, {"rehearse: error: cannot use store:week: roles.sql has another "
                                  "checksum"});
    EXPECT_TRUE(fs::is_empty(fetched()));
}

// The interrupt comes when all but the manifest is uploaded.
TEST_F(RemotePlace, CtrlCWhileUploadingLeavesNothing) {
    const auto rclone = *process::find_program("rclone");
    const fs::path bin = sandbox_.work() / "bin";
    const fs::path fake =
        sandbox_.write("bin/rclone", "#!/bin/sh\n" + rclone.string() +
                                         " \"$@\" || exit\n"
                                         "if [ \"$1\" = \"$INTERRUPT_AFTER\" ]; then\n"
                                         "    kill -INT $PPID\n"
                                         "    exec sleep 300\n"
                                         "fi\n");
    fs::permissions(fake, fs::perms::owner_all);
    with_store_.env["PATH"] = bin.string() + ":" + std::getenv("PATH");
    for (const char* step : {"copy", "move"}) {
        with_store_.env["INTERRUPT_AFTER"] = step;
        const auto& run = run_with_store(take_into("store:weekly"));
        EXPECT_EQ(run.exit_code, 130);
        expect_stderr_only(run, {"rehearse: error: interrupted"});
        EXPECT_TRUE(fs::is_empty(store() / "weekly")) << step;
    }
}

TEST_F(RemotePlace, TellsWhatIsWrong) {
    const Args list{"snapshot", "list", "--snapshots"};
    const auto& elsewhere = run_with_store(list + Args{"store:nowhere"});
    EXPECT_EQ(elsewhere.exit_code, 4);
    expect_stderr_only(elsewhere, {"rehearse: error: rclone cannot list store:nowhere",
                                   "There is no such folder: look at the path behind the colon"});
    const auto& unknown = run_with_store(list + Args{"nobody:dumps"});
    EXPECT_EQ(unknown.exit_code, 4);
    expect_stderr_only(unknown, {"rehearse: error: rclone cannot list nobody:dumps",
                                 "rclone has no remote of this name", "didn't find section"});
    const auto& nothing_to_use = run_with_store({"snapshot", "verify", "--snapshots", "store:"});
    EXPECT_EQ(nothing_to_use.exit_code, 4);
    expect_stderr_only(nothing_to_use, {"rehearse: error: "});

    with_store_.env["PATH"] = sandbox_.work().string();
    for (const auto& args : {list + Args{"store:"}, take_into("store:")}) {
        const auto& missing = run_with_store(args);
        EXPECT_EQ(missing.exit_code, 2);
        expect_stderr_only(missing, {"rehearse: error: cannot find the program rclone in PATH",
                                     "apt install rclone"});
    }
}

}  // namespace rehearse::test
