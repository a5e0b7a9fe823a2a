#include "rehearse/snapshot/prune.hpp"

#include "support/as_user.hpp"
#include "unit/snapshot/bundles.hpp"

#include <gmock/gmock.h>

namespace rehearse::snapshot {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::EndsWith;
using testing::IsEmpty;
using testing::StartsWith;
using testing::UnorderedElementsAre;

class Prune : public test::BundleFiles {
  protected:
    void SetUp() override {
        write_bundle("week-1", "2026-11-01T00:00:00Z");
        write_bundle("week-2", "2026-11-08T00:00:00Z");
        write_bundle("week-3", "2026-11-15T00:00:00Z");
    }

    std::vector<std::string> prune(std::size_t keep, bool dry_run = false) {
        auto pruned = prune_snapshots({place_.path(), keep, dry_run}, *runner_, progress_);
        failure_ = pruned.failure ? pruned.failure->message() : "";
        return pruned.removed;
    }

    std::vector<std::string> names() const {
        std::vector<std::string> found;
        for (const auto& entry : fs::directory_iterator(place_.path()))
            found.push_back(entry.path().filename());
        return found;
    }

    std::string failure_;

    // As a take leaves it that was killed so many minutes ago.
    fs::path write_partial(const std::string& name, int minutes) {
        fs::create_directory(place_.path() / name);
        age(write(name + "/.writer", ""), minutes);
        age(place_.path() / name, minutes);
        return place_.path() / name;
    }
};

TEST_F(Prune, KeepsTheNewest) {
    EXPECT_THAT(prune(2), ElementsAre("week-1"));
    EXPECT_THAT(names(), UnorderedElementsAre("week-2", "week-3"));
    EXPECT_THAT(prune(2), IsEmpty());
}

TEST_F(Prune, OnlySaysSoOnADryRun) {
    EXPECT_THAT(prune(1, true), ElementsAre("week-2", "week-1"));
    EXPECT_EQ(names().size(), 3U);
}

TEST_F(Prune, TouchesNothingThatOthersMade) {
    write("old.dump", "PGDMP");
    fs::create_directory(place_.path() / "mine");
    write("mine/manifest.json", R"({"tool": {"name": "other"}})");
    fs::create_directory_symlink(place_.path() / "week-1", place_.path() / "link");
    fs::create_directory(place_.path() / "other.partial");
    age(write("other.partial/data", ""), 5000);
    age(place_.path() / "other.partial", 5000);
    EXPECT_THAT(prune(1), ElementsAre("week-2", "week-1"));
    EXPECT_THAT(names(),
                UnorderedElementsAre("week-3", "old.dump", "mine", "link", "other.partial"));
}

TEST_F(Prune, DoesNotCountAnIncompleteOne) {
    fs::remove(write_bundle("week-4", "2026-11-22T00:00:00Z") / "roles.sql");
    EXPECT_THAT(prune(1), ElementsAre("week-2", "week-1"));
    EXPECT_THAT(names(), UnorderedElementsAre("week-3", "week-4"));
    EXPECT_THAT(progress_.notes,
                ElementsAre("week-4 is not complete; it stays, and does not count"));
}

TEST_F(Prune, RemovesWhatKilledTakesLeft) {
    constexpr int kTwoDays = 2 * 24 * 60;
    write_partial("fresh.partial", 60);
    write_partial("dead.partial", kTwoDays);
    const auto held = write_partial("alive.partial", kTwoDays);
    const auto lock = FileLock::try_lock(held / ".writer");
    EXPECT_THAT(prune(3), ElementsAre("dead.partial"));
}

TEST_F(Prune, LeavesWhatARunUses) {
    {
        const auto choice = find_snapshot("week-1", place_.path(), progress_);
        progress_.notes.clear();
        EXPECT_THAT(prune(1), ElementsAre("week-2"));
        EXPECT_THAT(progress_.notes, ElementsAre("week-1 is in use; it stays for now"));
    }
    EXPECT_THAT(prune(1), ElementsAre("week-1"));
}

// One that cannot be removed does not keep the others, and is told.
TEST_F(Prune, GoesOnAfterAFailure) {
    fs::create_directory(place_.path() / "week-2.removed.partial");
    write("week-2.removed.partial/of-another", "");
    EXPECT_THAT(prune(1), ElementsAre("week-1"));
    EXPECT_THAT(failure_, AllOf(StartsWith("cannot remove " + (place_.path() / "week-2").string()),
                                EndsWith("Directory not empty")));
    EXPECT_THAT(names(), UnorderedElementsAre("week-2", "week-3", "week-2.removed.partial"));
}

// The mark of a killed prune goes last.
TEST_F(Prune, RemovesWhatAKilledPruneLeft) {
    constexpr int kTwoDays = 2 * 24 * 60;
    const auto half = write_partial("week-0.removed.partial", kTwoDays);
    fs::create_directory(half / "dump");
    age(write("week-0.removed.partial/dump/3412.dat", ""), kTwoDays);
    for (const auto& path : {half / "dump", half}) age(path, kTwoDays);
    EXPECT_THAT(prune(3), ElementsAre("week-0.removed.partial"));
    EXPECT_EQ(names().size(), 3U);
}

TEST_F(Prune, WarnsOfWhatItMayNotLookAt) {
    fs::permissions(place_.path() / "week-1/manifest.json", fs::perms::none);
    fs::permissions(place_.path(), fs::perms::all);
    for (const char* name : {"week-2", "week-3"})
        fs::permissions(place_.path() / name, fs::perms::all);
    for (const char* name : {"week-2", "week-3"})
        fs::permissions(place_.path() / name / "manifest.json", fs::perms::all);
    const test::AsUser user;
    EXPECT_THAT(prune(2, true), IsEmpty());
    EXPECT_THAT(progress_.notes, ElementsAre(StartsWith("week-1 stays: cannot read ")));
}

}  // namespace
}  // namespace rehearse::snapshot
