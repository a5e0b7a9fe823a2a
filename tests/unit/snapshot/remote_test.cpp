#include "rehearse/snapshot/remote.hpp"

#include "snapshot/remote_prune.hpp"
#include "support/fake_processes.hpp"
#include "unit/snapshot/bundles.hpp"

#include <gmock/gmock.h>

namespace rehearse::snapshot {
namespace {

using testing::AllOf;
using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

TEST(Remotes, AreNamedAsRcloneNamesThem) {
    for (const char* place : {"s3:dumps/shop", "my remote:", "backup-1:/srv", ":local:/srv/dumps",
                              ":s3,provider=Other:dumps", "Kübel:dumps"})
        EXPECT_TRUE(is_remote(place)) << place;
    for (const char* place : {"/srv/dumps", "dumps", "./a:b", "/srv/a:b", "", ":", "::", "-x:y"})
        EXPECT_FALSE(is_remote(place)) << place;
}

// A fake rclone on a place that the test fills.
class RemotePlaces : public test::BundleFiles {
  protected:
    // Copies what the test has put into `place_` where the manifests of the place are asked for.
    void have(const std::string& entries) {
        rclone_.when("rclone", {"lsjson", "s3:dumps"}).prints(entries);
        rclone_.when("rclone", {"copy", "s3:dumps"}).does([this](const process::ProcessSpec& spec) {
            process::ProcessSpec copy;  // with the times of its files
            copy.program = "cp";
            copy.args = {"-aT", place_.path().string(), spec.args.at(2)};
            runner_->run(copy);
        });
    }
    void mark(const std::string& name, std::chrono::hours age) {
        fs::create_directories(place_.path() / name);
        write(name + "/.writer", "");
        fs::last_write_time(place_.path() / name / ".writer",
                            fs::file_time_type::clock::now() - age);
    }
    RemoteList list() { return list_remote("s3:dumps", rclone_); }

    std::string failure_of_upload() {
        try {
            RemoteUpload upload("s3:dumps", "week", rclone_);
            upload.finish(place_.path(), progress_);
        } catch (const Error& error) {
            return error.message();
        }
        return "";
    }

    test::FakeProcesses rclone_;
};

TEST_F(RemotePlaces, ListBundlesByTheirManifestAndFilesByTheirDate) {
    write_bundle("week", "2026-11-22T00:00:00Z");
    fs::create_directory(place_.path() / "bare");
    fs::create_directory(place_.path() / "later");
    write("later/manifest.json", R"({"format_version": 99})");
    mark("now", std::chrono::hours(2));
    mark("lost", std::chrono::hours(24 * 8));
    have(R"([{"Name": "week", "IsDir": true, "Size": -1},
             {"Name": "bare", "IsDir": true, "Size": -1},
             {"Name": "later", "IsDir": true, "Size": -1},
             {"Name": "lost", "IsDir": true, "Size": -1},
             {"Name": "now", "IsDir": true, "Size": -1},
             {"Name": "next.partial", "IsDir": true, "Size": -1},
             {"Name": ".trash", "IsDir": true, "Size": -1},
             {"Name": "notes.txt", "IsDir": false, "Size": 3},
             {"Name": "shop-2026-11-23.dump", "IsDir": false, "Size": -1},
             {"Name": "old.dump", "IsDir": false, "Size": 7,
              "ModTime": "2026-11-01T10:00:00.123456789Z"}])");
    const auto found = list();
    ASSERT_EQ(found.complete.size(), 3U);
    EXPECT_EQ(found.complete[0].name, "shop-2026-11-23.dump");
    EXPECT_EQ(found.complete[0].size_bytes, std::nullopt);
    EXPECT_EQ(found.complete[1].name, "week");
    EXPECT_EQ(found.complete[1].manifest->database, "shop");
    EXPECT_EQ(found.complete[2].name, "old.dump");
    EXPECT_EQ(found.complete[2].size_bytes, 7U);
    EXPECT_EQ(to_iso8601(found.complete[2].taken_at), "2026-11-01T10:00:00Z");
    std::vector<std::string> skipped;
    for (const auto& one : found.skipped) skipped.push_back(one.name + ": " + one.why);
    EXPECT_THAT(skipped, ElementsAre("next.partial: still being written",
                                     "later: its manifest is none that this rehearse can read",
                                     "lost: still being written (it has no manifest yet)",
                                     "now: still being written (it has no manifest yet)"));
    EXPECT_THAT(found.abandoned, ElementsAre("lost"));
    EXPECT_THAT(found.foreign, ElementsAre("bare"));
    EXPECT_EQ(rclone_.calls().size(), 2U) << "however many folders there are";
}

struct Refusal {
    const char* said;
    int exit_code;
    const char* hint;
};

TEST_F(RemotePlaces, SayWhatRcloneSaidAndWhatToDo) {
    for (const auto& [said, exit_code, hint] :
         {Refusal{"Failed to create: didn't find section in config file", 1, "rclone listremotes"},
          Refusal{"directory not found", 3, "look at the path behind the colon of s3:dumps"},
          Refusal{"403 Forbidden", 1, "rclone lsf s3:dumps"}}) {
        test::FakeProcesses rclone;
        rclone.when("rclone").complains(std::string(said) + "\n").exits(exit_code);
        try {
            list_remote("s3:dumps", rclone);
            ADD_FAILURE() << "listed";
        } catch (const Error& error) {
            EXPECT_EQ(error.kind(), ErrorKind::snapshot);
            EXPECT_EQ(error.message(), "rclone cannot list s3:dumps");
            EXPECT_THAT(error.output_tail(), Contains(HasSubstr(said)));
            EXPECT_THAT(error.hints(), Contains(HasSubstr(hint)));
        }
    }
}

TEST_F(RemotePlaces, WhoseListIsNoneAreAnError) {
    for (const char* text : {"", "[", "{}x", R"([{"Name": 3}])", R"([{"IsDir": true}])"}) {
        rclone_.when("rclone").prints(text);
        try {
            list();
            ADD_FAILURE() << text;
        } catch (const Error& error) {
            EXPECT_EQ(error.kind(), ErrorKind::snapshot);
            EXPECT_EQ(error.message(), "rclone's list of s3:dumps cannot be read");
        }
    }
}

TEST_F(RemotePlaces, GetTheMarkFirstAndTheManifestLast) {
    rclone_.when("rclone").prints("[]");
    EXPECT_EQ(failure_of_upload(), "");
    const auto lines = rclone_.command_lines();
    ASSERT_EQ(lines.size(), 5U);
    EXPECT_THAT(lines[0], HasSubstr("lsjson s3:dumps"));
    EXPECT_THAT(lines[1], HasSubstr("rcat s3:dumps/week/.writer"));
    EXPECT_THAT(lines[2], AllOf(HasSubstr("s3:dumps/week"), HasSubstr("--exclude /manifest.json")));
    EXPECT_THAT(lines[3], HasSubstr("manifest.json s3:dumps/week/manifest.json"));
    EXPECT_THAT(lines[4], HasSubstr("deletefile s3:dumps/week/.writer"));
}

TEST_F(RemotePlaces, KeepWhatOthersHaveUnderTheName) {
    rclone_.when("rclone").prints(R"([{"Name": "week", "IsDir": true, "Size": -1}])");
    EXPECT_THAT(failure_of_upload(), HasSubstr("s3:dumps/week is there already"));
    EXPECT_EQ(rclone_.calls().size(), 1U);
}

struct Broken {
    std::vector<std::string> step;
    const char* error;
    const char* there;  // in the folder, after it
    bool purged;
};

// An object store says nothing of a folder that is not there; a manifest there means that all is.
TEST_F(RemotePlaces, AreCleanedUpAfterAFailure) {
    for (const auto& [step, error, there, purged] :
         {Broken{{"rcat"}, "rclone cannot write into s3:dumps", "", true},
          Broken{{"copy"}, "rclone cannot upload to s3:dumps/week", ".writer\n", true},
          Broken{{"copyto"},
                 "rclone cannot upload the manifest of s3:dumps/week",
                 ".writer\nroles.sql\n",
                 true},
          Broken{{"copyto"},
                 "rclone cannot upload the manifest of s3:dumps/week",
                 ".writer\nmanifest.json\nroles.sql\n",
                 false}}) {
        rclone_ = {};
        rclone_.when("rclone").prints("[]");
        rclone_.when("rclone", step).exits(1);
        rclone_.when("rclone", {"lsf"}).prints(there);
        EXPECT_EQ(failure_of_upload(), error);
        const auto was_purged = Contains(testing::EndsWith("purge s3:dumps/week"));
        if (purged)
            EXPECT_THAT(rclone_.command_lines(), was_purged) << there;
        else
            EXPECT_THAT(rclone_.command_lines(), Not(was_purged)) << there;
    }
}

TEST_F(RemotePlaces, LoseOldBundlesAndWhatNobodyFinished) {
    write_bundle("one", "2026-11-08T00:00:00Z");
    write_bundle("two", "2026-11-15T00:00:00Z");
    mark("now", std::chrono::hours(2));
    mark("lost", std::chrono::hours(24 * 8));
    rclone_.when("rclone");
    have(R"([{"Name": "one", "IsDir": true}, {"Name": "two", "IsDir": true},
             {"Name": "now", "IsDir": true}, {"Name": "lost", "IsDir": true},
             {"Name": "others.dump", "IsDir": false}])");
    const PruneOptions options{"s3:dumps", 1, false};
    EXPECT_THAT(prune_remote(options, rclone_).removed, ElementsAre("one", "lost"));
    const auto lines = rclone_.command_lines();
    ASSERT_EQ(lines.size(), 10U);
    EXPECT_THAT(lines[2], HasSubstr("rcat s3:dumps/one/.writer"));
    EXPECT_THAT(lines[3], HasSubstr("delete s3:dumps/one --include /manifest.json"));
    EXPECT_THAT(lines[4], HasSubstr("delete s3:dumps/one --exclude /.writer"));
    EXPECT_THAT(lines[5], HasSubstr("purge s3:dumps/one"));
}

}  // namespace
}  // namespace rehearse::snapshot
