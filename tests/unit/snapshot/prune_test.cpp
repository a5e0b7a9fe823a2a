#include "rehearse/snapshot/prune.hpp"

#include "unit/snapshot/bundles.hpp"

#include <gmock/gmock.h>

namespace rehearse::snapshot {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::UnorderedElementsAre;

class Prune : public test::BundleFiles {
  protected:
    void SetUp() override {
        write_bundle("week-1", "2026-11-01T00:00:00Z");
        write_bundle("week-2", "2026-11-08T00:00:00Z");
        write_bundle("week-3", "2026-11-15T00:00:00Z");
    }

    std::vector<std::string> prune(std::size_t keep, bool dry_run = false) {
        return prune_snapshots({place_.path(), keep, dry_run}, *runner_, progress_);
    }

    std::vector<std::string> names() const {
        std::vector<std::string> found;
        for (const auto& entry : fs::directory_iterator(place_.path()))
            found.push_back(entry.path().filename());
        return found;
    }

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

}  // namespace
}  // namespace rehearse::snapshot
