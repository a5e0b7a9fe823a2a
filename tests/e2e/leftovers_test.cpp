// The check that every other test here rests on must itself be able to fail.

#include "support/leftovers.hpp"

#include "rehearse/base/files.hpp"
#include "rehearse/process/process.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace rehearse::test {

namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

class Leftovers : public ::testing::Test {
  protected:
    Sandbox sandbox_;
};

}  // namespace

TEST_F(Leftovers, NothingIsNothing) {
    EXPECT_THAT(leftovers_of(sandbox_), IsEmpty());
}

TEST_F(Leftovers, AFolderIsSeen) {
    fs::create_directory(sandbox_.temp() / "rehearse-1");
    EXPECT_THAT(leftovers_of(sandbox_), ElementsAre(HasSubstr("rehearse-1")));
}

TEST_F(Leftovers, AProcessIsSeenByItsFolder) {
    const auto runner = process::make_process_runner();
    process::ProcessSpec spec;
    spec.program = "sleep";
    spec.args = {"1000"};
    spec.working_dir = sandbox_.temp();
    const auto sleeper = runner->start(spec, sandbox_.work() / "log", SIGKILL);
    EXPECT_THAT(leftovers_of(sandbox_, Millis(50)), ElementsAre(HasSubstr("sleep 1000")));
}

TEST_F(Leftovers, AProcessIsSeenByItsArguments) {
    const auto runner = process::make_process_runner();
    process::ProcessSpec spec;
    spec.program = "tail";
    spec.args = {"--follow=name", "--retry", sandbox_.temp() / "nothing"};
    const auto watcher = runner->start(spec, sandbox_.work() / "log", SIGKILL);
    EXPECT_THAT(leftovers_of(sandbox_, Millis(50)), ElementsAre(HasSubstr("tail --follow")));
}

TEST_F(Leftovers, AnUnfinishedReportIsSeen) {
    make_private_folder(sandbox_.state() / "rehearse" / "runs" / "1");
    EXPECT_THAT(leftovers_of(sandbox_), ElementsAre(HasSubstr("without its report")));
    write_file_atomically(sandbox_.state() / "rehearse" / "runs" / "1" / "report.json", "{}");
    EXPECT_THAT(leftovers_of(sandbox_), IsEmpty());
    fs::permissions(sandbox_.state() / "rehearse", fs::perms::others_read, fs::perm_options::add);
    EXPECT_THAT(leftovers_of(sandbox_), ElementsAre(HasSubstr("others may read")));
}

}  // namespace rehearse::test
