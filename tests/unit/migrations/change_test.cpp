#include "rehearse/migrations/change.hpp"

#include "rehearse/base/error.hpp"

#include "support/fake_processes.hpp"

#include <gmock/gmock.h>

namespace rehearse::migrations {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;

using namespace std::string_literals;

class Change : public testing::Test {
  protected:
    Change() {
        git_.when("git", {"--is-inside-work-tree"}).prints("true\n");
        git_.when("git", {"--verify", "main^{commit}"}).prints("1234\n");
        git_.when("git", {"--verify", "gone^{commit}"}).exits(1);
        git_.when("git", {"--verify", "origin/gone^{commit}"}).exits(1);
        git_.when("git", {"merge-base", "main", "HEAD"}).prints("abcd\n");
    }
    Error error_of(const std::string& ref) {
        try {
            files_added_since(ref, "/nowhere/migrations", git_);
        } catch (const Error& error) {
            EXPECT_EQ(error.kind(), ErrorKind::usage);
            EXPECT_FALSE(error.hints().empty());
            return error;
        }
        ADD_FAILURE() << "nothing was thrown";
        return {ErrorKind::internal, ""};
    }

    test::FakeProcesses git_;
};

TEST_F(Change, HoldsCommittedAndUntrackedFiles) {
    git_.when("git", {"diff", "--diff-filter=A", "abcd"}).prints("3_c d.up.sql\0002_b.up.sql\0"s);
    git_.when("git", {"ls-files", "--others"}).prints("1_ü.up.sql\0002_b.up.sql\0"s);
    EXPECT_THAT(files_added_since("main", "/nowhere/migrations", git_),
                ElementsAre("/nowhere/migrations/1_ü.up.sql", "/nowhere/migrations/2_b.up.sql",
                            "/nowhere/migrations/3_c d.up.sql"));
}

TEST_F(Change, NeedsACheckout) {
    git_.when("git", {"--is-inside-work-tree"})
        .complains("fatal: not a git repository\n")
        .exits(128);
    const Error error = error_of("main");
    EXPECT_THAT(error.message(), HasSubstr("/nowhere/migrations is not in one"));
    EXPECT_THAT(error.output_tail(), Contains("fatal: not a git repository"));
}

TEST_F(Change, NeedsARefThatGitKnows) {
    EXPECT_THAT(error_of("gone").message(), HasSubstr("--since gone"));
    git_.when("git", {"--verify", "origin/gone^{commit}"}).prints("1234\n");
    EXPECT_THAT(error_of("gone").hints(), Contains("Did you mean origin/gone?"));
    EXPECT_THAT(error_of("--output=x").message(), HasSubstr("--since --output=x"));
    error_of("");
}

TEST_F(Change, NeedsACommonHistory) {
    git_.when("git", {"merge-base"}).exits(1);
    EXPECT_THAT(error_of("main").hints().front(), HasSubstr("--unshallow"));
}

}  // namespace
}  // namespace rehearse::migrations
