#include "rehearse/plan/plan.hpp"

#include "rehearse/base/error.hpp"

#include "support/folder_fixture.hpp"

#include <gmock/gmock.h>

namespace rehearse::plan {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;

class Plan : public test::FolderFixture {
  protected:
    Plan() {
        for (const char* version : {"0008", "0009", "0010", "0011"}) {
            migrations::Migration made;
            made.version = version;
            made.path = write(std::string(version) + "_a.sql");
            pending_.push_back(made);
        }
    }
    std::vector<std::string> planned(const std::vector<std::string>& only,
                                     const std::string& until = "") const {
        std::vector<std::string> versions;
        for (const auto& one : plan_replay(pending_, {only, until}).migrations) {
            versions.push_back(one.migration.version);
            EXPECT_EQ(one.survey.statements, 1U);
            EXPECT_TRUE(one.in_change);
        }
        return versions;
    }

    std::vector<migrations::Migration> pending_;
};

TEST_F(Plan, TakesAllPendingOnesOrTheChosen) {
    EXPECT_THAT(planned({}), ElementsAre("0008", "0009", "0010", "0011"));
    EXPECT_THAT(planned({"10", "0008_a.sql"}), ElementsAre("0008", "0010"));
    EXPECT_THAT(planned({}, "9"), ElementsAre("0008", "0009"));
    EXPECT_THAT(planned({"0009", "0011"}, "0010"), ElementsAre("0009"));
    EXPECT_TRUE(plan_replay({}, {}).migrations.empty());
}

TEST_F(Plan, AnswersAnUnknownVersionWithTheNearest) {
    const auto check = [&](const std::vector<std::string>& only, const std::string& until,
                           const char* option) {
        try {
            planned(only, until);
            ADD_FAILURE() << "nothing was thrown";
        } catch (const Error& error) {
            EXPECT_EQ(error.kind(), ErrorKind::usage);
            EXPECT_THAT(error.message(), HasSubstr(option));
            EXPECT_THAT(error.hints(), Contains("Pending are 0008 to 0011."));
        }
    };
    check({"0008", "0019"}, "", "--only 0019");
    check({}, "0012", "--until 0012");
}

TEST_F(Plan, DoesNotReadFilesThatItLeavesOut) {
    write("0011_a.sql", "SELECT '");
    EXPECT_THAT(planned({}, "0010"), ElementsAre("0008", "0009", "0010"));
    EXPECT_THROW(planned({}), Error);
}

}  // namespace
}  // namespace rehearse::plan
