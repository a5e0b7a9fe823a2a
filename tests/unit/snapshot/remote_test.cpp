#include "rehearse/snapshot/remote.hpp"

#include "support/fake_processes.hpp"
#include "unit/snapshot/bundles.hpp"

#include <gmock/gmock.h>

namespace rehearse::snapshot {
namespace {

using testing::AllOf;
using testing::Contains;
using testing::HasSubstr;
using testing::Not;

TEST(Remotes, AreNamedAsRcloneNamesThem) {
    for (const char* place : {"s3:dumps/shop", "my remote:", "backup-1:/srv", ":local:/srv/dumps"})
        EXPECT_TRUE(is_remote(place)) << place;
    for (const char* place : {"/srv/dumps", "dumps", "./a:b", "/srv/a:b", ""})
        EXPECT_FALSE(is_remote(place)) << place;
}

class RemotePlaces : public test::BundleFiles {
  protected:
    std::string failure_of_put() {
        try {
            Remote("s3:dumps", rclone_).put(place_.path(), "week", progress_);
        } catch (const Error& error) {
            return error.message();
        }
        return "";
    }

    test::FakeProcesses rclone_;
};

TEST_F(RemotePlaces, ListBundlesByTheirManifestAndFilesByTheirDate) {
    const auto manifest = read_file(write_bundle("b", "2026-11-22T00:00:00Z") / "manifest.json");
    rclone_.when("rclone", {"lsjson", "s3:dumps"})
        .prints(R"([{"Name": "week", "IsDir": true, "Size": -1},
                    {"Name": "bare", "IsDir": true, "Size": -1},
                    {"Name": "next.partial", "IsDir": true, "Size": -1},
                    {"Name": "notes.txt", "IsDir": false, "Size": 3},
                    {"Name": "shop-2026-11-23.dump", "IsDir": false, "Size": 70},
                    {"Name": "old.dump", "IsDir": false, "Size": 7,
                     "ModTime": "2026-11-01T10:00:00.123456789Z"}])");
    rclone_.when("rclone", {"cat", "s3:dumps/week/manifest.json"}).prints(manifest);
    rclone_.when("rclone", {"cat", "s3:dumps/bare/manifest.json"}).exits(3);
    const auto list = Remote("s3:dumps", rclone_).list();
    ASSERT_EQ(list.complete.size(), 3U);
    EXPECT_EQ(list.complete[0].name, "shop-2026-11-23.dump");
    EXPECT_EQ(list.complete[1].name, "week");
    EXPECT_EQ(list.complete[1].manifest->database, "shop");
    EXPECT_EQ(list.complete[2].name, "old.dump");
    EXPECT_EQ(to_iso8601(list.complete[2].taken_at), "2026-11-01T10:00:00Z");
    ASSERT_EQ(list.skipped.size(), 2U);
    EXPECT_EQ(list.skipped[0].name, "bare");
    EXPECT_EQ(list.skipped[1].name, "next.partial");
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
            Remote("s3:dumps", rclone).list();
            ADD_FAILURE() << "listed";
        } catch (const Error& error) {
            EXPECT_EQ(error.kind(), ErrorKind::snapshot);
            EXPECT_EQ(error.message(), "rclone cannot list s3:dumps");
            EXPECT_THAT(error.output_tail(), Contains(HasSubstr(said)));
            EXPECT_THAT(error.hints(), Contains(HasSubstr(hint)));
        }
    }
}

TEST_F(RemotePlaces, GetTheManifestLast) {
    rclone_.when("rclone");
    EXPECT_EQ(failure_of_put(), "");
    const auto lines = rclone_.command_lines();
    ASSERT_EQ(lines.size(), 3U);
    EXPECT_THAT(lines[0],
                AllOf(HasSubstr("s3:dumps/week.partial"), HasSubstr("--exclude /manifest.json")));
    EXPECT_THAT(lines[1], HasSubstr("move s3:dumps/week.partial s3:dumps/week "));
    EXPECT_THAT(lines[2], HasSubstr("manifest.json s3:dumps/week/manifest.json"));
}

// A copy that fails leaves what others have under the name alone.
TEST_F(RemotePlaces, AreCleanedUpAfterAFailure) {
    rclone_.when("rclone");
    rclone_.when("rclone", {"copy"}).exits(1);
    EXPECT_EQ(failure_of_put(), "rclone cannot upload to s3:dumps/week.partial");
    EXPECT_THAT(rclone_.command_lines(), Contains(HasSubstr("purge s3:dumps/week.partial")));
    EXPECT_THAT(rclone_.command_lines(), Not(Contains(testing::EndsWith("purge s3:dumps/week"))));
}

// Whoever was quicker with the same name keeps what was uploaded.
TEST_F(RemotePlaces, AreLeftToWhoWasQuicker) {
    for (const bool complete : {false, true}) {
        test::FakeProcesses rclone;
        rclone.when("rclone");
        rclone.when("rclone", {"move"}).exits(3);
        rclone.when("rclone", {"cat"}).exits(complete ? 0 : 3);
        EXPECT_THROW(Remote("s3:dumps", rclone).put(place_.path(), "week", progress_), Error);
        const auto purged = Contains(testing::EndsWith("purge s3:dumps/week"));
        if (complete)
            EXPECT_THAT(rclone.command_lines(), Not(purged));
        else
            EXPECT_THAT(rclone.command_lines(), purged);
    }
}

}  // namespace
}  // namespace rehearse::snapshot
