#include "rehearse/base/error.hpp"
#include "rehearse/migrations/change.hpp"

#include "support/folder_fixture.hpp"
#include "support/git.hpp"
#include "support/skip.hpp"

#include <gmock/gmock.h>

namespace rehearse::migrations {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

// files_added_since() asks a real git.
class ChangeInGit : public test::FolderFixture {
  protected:
    void SetUp() override {
        try {
            git({"init", "-q", "-b", "main", parent().string()});
        } catch (const Error& error) {
            REHEARSE_SKIP_OR_FAIL(error.message() + ": install git");
        }
        write("1_a.up.sql");
        write("2_b.up.sql", "SELECT 2;\n-- more text so that a rename would be seen\n");
        commit("first");
    }
    void git(std::vector<std::string> args) const { test::Git{parent()}.run(std::move(args)); }
    void commit(const std::string& message) const { test::Git{parent()}.commit(message); }
    std::vector<std::string> added_since(const std::string& ref) const {
        std::vector<std::string> names;
        for (const auto& path : files_added_since(ref, folder(), *runner_)) {
            EXPECT_EQ(path.parent_path(), fs::canonical(folder()));
            names.push_back(path.filename().string());
        }
        return names;
    }

    std::unique_ptr<process::ProcessRunner> runner_ = process::make_process_runner();
};

TEST_F(ChangeInGit, HoldsWhatIsNewSinceTheBranchBegan) {
    git({"checkout", "-q", "-b", "feature"});
    write("4_mine ü.up.sql");
    write("1_a.up.sql", "-- edited\n");
    write("../elsewhere.sql");
    write("5_taken_back.up.sql");
    commit("mine");
    git({"mv", "migrations/2_b.up.sql", "migrations/6_b.up.sql"});
    write("7_not_committed.up.sql");
    write("../.gitignore", "*.bak\n");
    write("8_ignored.bak");
    git({"checkout", "-q", "main"});
    write("3_theirs.up.sql");
    git({"add", "migrations/3_theirs.up.sql"});
    git({"commit", "-q", "-m", "theirs", "migrations/3_theirs.up.sql"});
    git({"checkout", "-q", "feature"});
    fs::remove(folder() / "5_taken_back.up.sql");
    EXPECT_THAT(added_since("main"),
                ElementsAre("4_mine ü.up.sql", "6_b.up.sql", "7_not_committed.up.sql"));
    EXPECT_THAT(added_since("HEAD"), ElementsAre("6_b.up.sql", "7_not_committed.up.sql"));
}

TEST_F(ChangeInGit, RefusesARefWithoutCommonHistory) {
    git({"checkout", "-q", "--orphan", "island"});
    commit("island");
    EXPECT_THROW(added_since("main"), Error);
    EXPECT_THROW(added_since("nowhere"), Error);
}

TEST_F(ChangeInGit, RefusesAFolderOutsideACheckout) {
    fs::remove_all(parent() / ".git");
    try {
        files_added_since("main", folder(), *runner_);
        FAIL() << "nothing was thrown";
    } catch (const Error& error) {
        EXPECT_THAT(error.message(), HasSubstr("is not in one"));
    }
}

}  // namespace
}  // namespace rehearse::migrations
