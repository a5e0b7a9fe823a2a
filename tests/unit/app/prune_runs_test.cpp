#include "app/prune_runs.hpp"

#include "app/run_folder.hpp"
#include "support/folder_fixture.hpp"

#include <gmock/gmock.h>

namespace rehearse::app {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

class PruneRuns : public test::FolderFixture {
  protected:
    fs::path runs() const { return folder(); }
    std::vector<std::string> left() const {
        std::vector<std::string> names;
        for (const auto& entry : fs::directory_iterator(runs()))
            names.push_back(entry.path().filename().string());
        std::sort(names.begin(), names.end());
        return names;
    }
    std::vector<std::string> prune(std::size_t keep, const std::string& own = "") {
        return prune_runs(runs(), keep, own, progress_);
    }

    SilentProgress progress_;
};

TEST_F(PruneRuns, KeepsTheNewestReports) {
    write_all({"20261109-050000-0a1b/report.json", "20261116-050000-ffff/report.json",
               "20261123-050000-0000/report.json", "20261102-050000-1234/report.json"});
    EXPECT_THAT(prune(2), ElementsAre("20261109-050000-0a1b", "20261102-050000-1234"));
    EXPECT_THAT(left(), ElementsAre("20261116-050000-ffff", "20261123-050000-0000"));
    EXPECT_THAT(prune(2), IsEmpty());
}

// Shorter runs began later and ended before it.
TEST_F(PruneRuns, NeverRemovesItsOwn) {
    write_all({"20261109-050000-0a1b/report.json", "20261116-050000-ffff/report.json",
               "20261102-050000-1234/report.json"});
    EXPECT_THAT(prune(1, "20261102-050000-1234"), ElementsAre("20261109-050000-0a1b"));
    EXPECT_THAT(left(), ElementsAre("20261102-050000-1234", "20261116-050000-ffff"));
}

TEST_F(PruneRuns, LeavesAloneWhatIsNoReport) {
    write_all({"20261109-050000-0a1b/notes.txt", "20261116-050000-XYZW/report.json",
               "mine/report.json", "20261102-050000-1234/report.json"});
    fs::create_directory_symlink(parent(), runs() / "20261101-050000-1234");
    EXPECT_THAT(prune(1), IsEmpty());
    EXPECT_EQ(left().size(), 5U);
}

TEST_F(PruneRuns, AFolderThatIsNotThereHasNone) {
    EXPECT_THAT(prune_runs(runs() / "nowhere", 1, "", progress_), IsEmpty());
}

TEST(RunId, IsKnownByItsForm) {
    EXPECT_TRUE(is_run_id(RunFolder{}.id()));
    for (const char* other :
         {"", "20261123-050000-00000", "20261123-050000-000", "2026112x-050000-0000",
          "20261123_050000-0000", "20261123-050000-00g0"}) {
        EXPECT_FALSE(is_run_id(other)) << other;
    }
}

}  // namespace
}  // namespace rehearse::app
