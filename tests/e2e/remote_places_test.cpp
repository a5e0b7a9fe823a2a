#include "rehearse/base/text.hpp"
#include "rehearse/process/process.hpp"

#include "e2e/take_command.hpp"
#include "support/servers.hpp"

#include <sys/stat.h>

#include <csignal>
#include <fstream>
#include <future>

namespace rehearse::test {

namespace {

using ::testing::AllOf;
using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::SizeIs;
using ::testing::StartsWith;

fs::perms mode_of(const fs::path& path) {
    return fs::status(path).permissions();
}

// A remote of rclone's, "store".
class Store : public TakeCommand {
  protected:
    void SetUp() override {
        TakeCommand::SetUp();
        if (IsSkipped() || HasFatalFailure()) return;
        if (!process::find_program("rclone")) REHEARSE_SKIP_OR_FAIL("rclone is not installed");
        // rclone makes the folder of its configuration where there is none.
        with_store_.env["RCLONE_CONFIG"] = (sandbox_.work() / "rclone.conf").string();
    }

    // What was fetched stays for the next run; what was taken does not stay here.
    void TearDown() override {
        const fs::path cache = sandbox_.cache() / "rehearse";
        EXPECT_TRUE(!fs::exists(cache / "taking") || fs::is_empty(cache / "taking"));
        fs::remove_all(cache);
        TakeCommand::TearDown();
    }

    // The copy of the only snapshot that was fetched.
    fs::path fetched() const {
        std::vector<fs::path> copies;
        for (const auto& folder : fs::directory_iterator(sandbox_.cache() / "rehearse/snapshots")) {
            for (const auto& entry : fs::directory_iterator(folder)) {
                if (entry.path().filename() != ".in-use") copies.push_back(entry.path());
            }
        }
        EXPECT_THAT(copies, SizeIs(1));
        return copies.empty() ? "" : copies.front();
    }
    bool has_fetched_nothing() const {
        return fs::is_empty(sandbox_.cache() / "rehearse/snapshots");
    }

    Outcome& run_with_store(const Args& args) { return run_rehearse(args, with_store_); }
    Outcome& rehearse_latest(const std::string& place, const RunOptions& options) {
        return run_rehearse(latest_of(place), options);
    }
    Args latest_of(const std::string& place) const {
        return Args{"--snapshot", "latest", "--snapshots", place,
                    "--tool",     "plain",  "--format",    "json"} +
               engine_under_test();
    }
    // Runs this script instead of rclone, which it calls as $RCLONE.
    void put_before_rclone(const std::string& script) {
        const auto fake = sandbox_.write("bin/rclone", "#!/bin/sh\n" + script);
        fs::permissions(fake, fs::perms::owner_all);
        with_store_.env["RCLONE"] = process::find_program("rclone")->string();
        with_store_.env["PATH"] = fake.parent_path().string() + ":" + std::getenv("PATH");
    }
    // What a whole life of a snapshot in the place looks like, by the commands alone.
    void live_through(const std::string& place);

    RunOptions with_store_;
};

// It is a folder here.
class RemotePlace : public Store {
  protected:
    void SetUp() override {
        Store::SetUp();
        with_store_.env["RCLONE_CONFIG_STORE_TYPE"] = "alias";
        with_store_.env["RCLONE_CONFIG_STORE_REMOTE"] = store().string();
    }

    fs::path store() const { return sandbox_.work() / "store"; }
};

// It is an object store, which knows no folders and does not say that something is not there.
class Bucket : public Store {
  protected:
    void SetUp() override {
        Store::SetUp();
        if (IsSkipped() || HasFatalFailure()) return;
        const auto program = npm_folder() / "node_modules/.bin/s3rver";
        if (!fs::exists(program))
            REHEARSE_SKIP_OR_FAIL("s3rver is not installed: run scripts/install-api-mocks");
        process::ProcessSpec spec;
        spec.program = program;
        spec.args = {"--directory",
                     (servers_.folder() / "store").string(),
                     "--address",
                     "127.0.0.1",
                     "--port",
                     "0",
                     "--configure-bucket",
                     "dumps"};
        fs::create_directory(servers_.folder() / "store");
        use("ENDPOINT", servers_.start(spec, "s3rver", "listening on 127.0.0.1:"));
        use("TYPE", "s3");
        use("PROVIDER", "Other");
        use("ACCESS_KEY_ID", "S3RVER");
        use("SECRET_ACCESS_KEY", "S3RVER");
        with_store_.env["AWS_CA_BUNDLE"] = "";  // rclone's library wants none with its own client
    }

    void use(const std::string& option, const std::string& value) {
        with_store_.env["RCLONE_CONFIG_STORE_" + option] = value;
    }
    // All of its objects' names.
    std::vector<std::string> objects() const {
        process::ProcessSpec spec;
        spec.program = "rclone";
        spec.args = {"lsf", "-R", "--files-only", "store:dumps"};
        spec.env = with_store_.env;
        return split_lines(process::make_process_runner()->run(spec).out);
    }

  private:
    Servers servers_;
};

}  // namespace

void Store::live_through(const std::string& place) {
    for (const char* name : {"one", "two"}) {
        const auto& taken = run_with_store(take_into(place) + Args{"--name", name});
        EXPECT_EQ(taken.exit_code, 0);
        EXPECT_THAT(taken.out, StartsWith(place + "/" + name + "  "));
    }
    const auto& again = run_with_store(take_into(place) + Args{"--name", "two"});
    EXPECT_EQ(again.exit_code, 2);
    expect_stderr_only(again, {"rehearse: error: " + place + "/two is there already"});

    const auto& listed = run_with_store({"snapshot", "list", "--snapshots", place});
    EXPECT_THAT(listed.out, StartsWith("two  20"));
    EXPECT_THAT(listed.out, HasSubstr("\none  20"));

    migration("1.sql", "DO $$ BEGIN ASSERT (SELECT count(*) FROM users) = 1000; END $$;\n");
    for (const bool fetches : {true, false}) {
        const auto& run = rehearse_latest(place, with_store_);
        EXPECT_EQ(run.exit_code, 0) << run.out;
        EXPECT_EQ(run.err.find("fetching two") != std::string::npos, fetches) << run.err;
    }
    const auto copy = fetched();
    EXPECT_EQ(copy.filename(), "two");
    EXPECT_EQ(mode_of(copy / "dump"), fs::perms::owner_all);
    EXPECT_EQ(mode_of(copy / "manifest.json"), fs::perms::owner_read | fs::perms::owner_write);

    const Args prune{"snapshot", "prune", "--snapshots", place, "--keep", "1"};
    EXPECT_EQ(run_with_store(prune + Args{"--dry-run"}).out, "would remove one\n");
    EXPECT_EQ(run_with_store(prune).out, "removed one\n");
    EXPECT_THAT(run_with_store({"snapshot", "list", "--snapshots", place}).out,
                AllOf(HasSubstr("two"), Not(HasSubstr("one"))));
}

TEST_F(RemotePlace, WorksLikeAFolder) {
    live_through("store:weekly");
    EXPECT_TRUE(fs::exists(store() / "weekly/two/manifest.json"));
    EXPECT_FALSE(fs::exists(store() / "weekly/two/.writer"));
    EXPECT_FALSE(fs::exists(store() / "weekly/one"));
}

TEST_F(Bucket, WorksLikeAFolder) {
    live_through("store:dumps/weekly");
    EXPECT_THAT(objects(),
                AllOf(Contains("weekly/two/manifest.json"), Not(Contains("weekly/two/.writer")),
                      Not(Contains(StartsWith("weekly/one")))));
}

TEST_F(Bucket, ThatTakesNothingIsToldBeforeTheDump) {
    put_before_rclone(
        "[ \"$1\" != rcat ] || { echo '403 Forbidden' >&2; exit 1; }\n"
        "exec \"$RCLONE\" \"$@\"\n");
    const auto& run = run_with_store(take_into("store:dumps"));
    EXPECT_EQ(run.exit_code, 4);
    expect_stderr_only(run,
                       {"rehearse: error: rclone cannot write into store:dumps", "403 Forbidden"});
    EXPECT_THAT(run.err, Not(HasSubstr("dumping")));
}

TEST_F(RemotePlace, HoldsPlainDumpsTooAndIsNamedInTheConfigFile) {
    fs::create_directories(store());
    fs::copy_file(snapshot("shop.dump"), store() / "night.dump");
    sandbox_.write("rehearse.toml", "snapshots = \"store:\"\n");
    const auto& verified = run_with_store({"snapshot", "verify"});
    EXPECT_EQ(verified.exit_code, 0);
    EXPECT_THAT(verified.out, StartsWith("night.dump  20"));
    EXPECT_EQ(mode_of(fetched()), fs::perms::owner_read | fs::perms::owner_write);
}

TEST_F(RemotePlace, ADamagedBundleIsNotUsed) {
    run_with_store(take_into("store:") + Args{"--name", "week"});
    std::ofstream(store() / "week/roles.sql", std::ios::in | std::ios::out) << "x";
    const auto& verified = run_with_store({"snapshot", "verify", "--snapshots", "store:"});
    EXPECT_EQ(verified.exit_code, 4);
    expect_stderr_only(verified, {"rehearse: error: no complete snapshot in store:",
                                  "Passed over week: roles.sql has another checksum."});
    EXPECT_TRUE(has_fetched_nothing());
    const auto& named = run_with_store({"snapshot", "verify", "week", "--snapshots", "store:"});
    EXPECT_EQ(named.exit_code, 4);
    expect_stderr_only(named, {"rehearse: error: cannot use store:week: roles.sql has another "
                               "checksum"});
}

TEST_F(RemotePlace, LatestPassesOverWhatIsNotWhole) {
    run_with_store(take_into("store:") + Args{"--name", "week"});
    const auto dump = read_file(snapshot("shop.dump"));
    const auto put = [this](const std::string& name, const std::string& content) {
        std::ofstream(store() / name) << content;
    };
    put("2030-01-01.dump", dump.substr(0, dump.size() / 2));
    put("2029-01-01.sql.gz", "no dump at all");
    put("2028-01-01.dump", "");
    put("notes.txt", "nothing\n");
    fs::create_directory(store() / "else");
    migration("1.sql", "SELECT 1;\n");
    const auto& run = rehearse_latest("store:", with_store_);
    EXPECT_EQ(run.exit_code, 0);
    const auto report = nlohmann::json::parse(run.out);
    EXPECT_EQ(report["snapshot"]["name"], "week");
    expect_stderr_only(run, {"2030-01-01.dump was passed over: still being written (cut off",
                             "2028-01-01.dump was passed over: still being written (empty)"});
}

// The first one's rclone waits in the middle of its copy until the second run waits, too.
TEST_F(RemotePlace, TwoRunsAtOnceFetchOnce) {
    run_with_store(take_into("store:") + Args{"--name", "week"});
    migration("1.sql", "SELECT 1;\n");
    put_before_rclone(
        "case \"$*\" in\n"
        "    'copy store:week '*) echo >>fetches; read -r _ <go;;\n"
        "esac\n"
        "exec \"$RCLONE\" \"$@\"\n");
    const fs::path go = sandbox_.work() / "go";
    ASSERT_EQ(mkfifo(go.c_str(), 0600), 0);
    std::future<Outcome> second;
    auto first_options = with_store_;
    first_options.when_stderr_says = "fetching week";
    first_options.then = [&](pid_t) {
        auto options = with_store_;
        options.when_stderr_says = "waiting for another run that fetches week";
        options.then = [&](pid_t) { std::ofstream(go) << "\n"; };
        second = std::async(std::launch::async, [this, options] {
            return sandbox_.run_rehearse(latest_of("store:"), options);
        });
    };
    EXPECT_EQ(rehearse_latest("store:", first_options).exit_code, 0);
    const auto waited = second.get();
    EXPECT_EQ(waited.exit_code, 0) << waited.err;
    EXPECT_EQ(read_file(sandbox_.work() / "fetches"), "\n");
}

// The interrupt comes after this step of rclone's: with the mark there, and with all but the
// manifest.
TEST_F(RemotePlace, CtrlCWhileUploadingLeavesNothing) {
    put_before_rclone(
        "\"$RCLONE\" \"$@\" || exit\n"
        "[ \"$1\" != \"$INTERRUPT_AFTER\" ] || { kill -INT $PPID; exec sleep 60; }\n");
    for (const char* step : {"rcat", "copy"}) {
        with_store_.env["INTERRUPT_AFTER"] = step;
        const auto& run = run_with_store(take_into("store:weekly"));
        EXPECT_EQ(run.exit_code, 130);
        EXPECT_LT(run.elapsed, std::chrono::seconds(30));
        expect_stderr_only(run, {"rehearse: error: interrupted"});
        EXPECT_TRUE(!fs::exists(store() / "weekly") || fs::is_empty(store() / "weekly")) << step;
    }
}

TEST_F(Bucket, AFailureWhileUploadingLeavesNothing) {
    put_before_rclone(
        "[ \"$1\" != copy ] || { echo 'the network is down' >&2; exit 1; }\n"
        "exec \"$RCLONE\" \"$@\"\n");
    const auto& run = run_with_store(take_into("store:dumps/weekly"));
    EXPECT_EQ(run.exit_code, 4);
    expect_stderr_only(run, {"rehearse: error: rclone cannot upload to store:dumps/weekly/",
                             "the network is down"});
    EXPECT_THAT(objects(), IsEmpty());
}

TEST_F(RemotePlace, WhatAKilledTakeLeftGoes) {
    put_before_rclone(
        "\"$RCLONE\" \"$@\" || exit\n"
        "[ \"$1\" != copy ] || { kill -KILL $PPID; exec sleep 1; }\n");
    const auto& killed = run_with_store(take_into("store:") + Args{"--name", "week"});
    EXPECT_EQ(killed.exit_code, 128 + SIGKILL);
    expect_stderr_only(killed, {""});
    EXPECT_FALSE(fs::is_empty(sandbox_.cache() / "rehearse/taking"));
    put_before_rclone("exec \"$RCLONE\" \"$@\"\n");
    EXPECT_THAT(run_with_store({"gc"}).out, HasSubstr("/taking/week.partial\n"));

    const Args prune{"snapshot", "prune", "--snapshots", "store:", "--keep", "4"};
    const auto& early = run_with_store(prune);
    EXPECT_EQ(early.out, "");
    expect_stderr_only(early, {"nothing to remove"});
    fs::last_write_time(store() / "week/.writer",
                        fs::file_time_type::clock::now() - std::chrono::hours(24 * 8));
    EXPECT_EQ(run_with_store(prune).out, "removed week\n");
    EXPECT_TRUE(fs::is_empty(store()));
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
    fs::create_directories(store() / "else");
    const auto& nothing_to_use = run_with_store({"snapshot", "verify", "--snapshots", "store:"});
    EXPECT_EQ(nothing_to_use.exit_code, 4);
    expect_stderr_only(nothing_to_use,
                       {"rehearse: error: no complete snapshot in store:",
                        "Without a manifest, and so no bundles: else.", "Take one: "});

    with_store_.env["PATH"] = sandbox_.work().string();
    for (const auto& args : {list + Args{"store:"}, take_into("store:")}) {
        const auto& missing = run_with_store(args);
        EXPECT_EQ(missing.exit_code, 2);
        expect_stderr_only(missing, {"rehearse: error: cannot find the program rclone in PATH",
                                     "apt install rclone"});
    }
}

}  // namespace rehearse::test
