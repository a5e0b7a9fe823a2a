#include "rehearse/base/error.hpp"
#include "rehearse/migrations/migration.hpp"

#include "migrations/sqitch_plan.hpp"
#include "support/folder_fixture.hpp"

#include <gmock/gmock.h>

namespace rehearse::migrations {
namespace {

using test::FolderFixture;
using testing::ElementsAre;
using testing::HasSubstr;

// Made by sqitch 1.3.1, whose `plan` command told the ids.
constexpr const char* kPlan =
    "%syntax-version=1.0.0\n%project=shop\n%uri=https://shop.example/\n\n"
    "users 2026-11-28T00:06:58Z Ann Example <ann@example.com> # Users of the shop\n"
    "orders [users] 2026-11-28T00:07:04Z Ann Example <ann@example.com> # Orders # with two "
    "lines\\nsecond\n"
    "@v1 2026-11-28T00:07:10Z Ann Example <ann@example.com> # First\n\n"
    "bills [orders users@v1 !old] 2026-11-28T00:07:16Z Ann Example <ann@example.com> # x\n"
    "users [users@v1] 2026-11-28T00:07:22Z Ann Example <ann@example.com> # Again\n";

class Sqitch : public FolderFixture {
  protected:
    void write_project() const {
        write("sqitch.plan", kPlan);
        for (const char* name : {"users@v1", "orders", "bills", "users"})
            write("deploy/" + std::string(name) + ".sql");
        write("revert/bills.sql");
    }
    std::unique_ptr<MigrationSource> open() const {
        SourceOptions options;
        options.folder = folder();
        return open_source(options);
    }
};

TEST_F(Sqitch, IdsAreTheToolsOwn) {
    const SqitchPlan plan = read_sqitch_plan(write("sqitch.plan", kPlan));
    std::vector<std::string> ids;
    for (const auto& change : plan.changes) ids.push_back(change.id);
    EXPECT_THAT(ids, ElementsAre("01c38183dc8559952952c2b8e62432d27a527a2f",
                                 "d2bf04fa042694577eec48798e4cabcc1faafaf4",
                                 "abb79024bfbcf27ea108dfcc5171a65560f4344a",
                                 "00518eb408b9ce7e801a81fb131aed8b514330b1"));
    EXPECT_THAT(plan.changes[1].tags, ElementsAre("@v1"));
    EXPECT_THAT(plan.changes[2].conflicts, ElementsAre("old"));
}

TEST_F(Sqitch, RunsThePlanThroughPsqlWithReworkedScriptsUnderTheirTag) {
    write_project();
    const auto source = open();
    EXPECT_EQ(source->tool(), "sqitch");
    const auto all = source->all();
    std::vector<std::string> files;
    for (const auto& one : all) files.push_back(one.path.filename().string());
    EXPECT_THAT(files, ElementsAre("users@v1.sql", "orders.sql", "bills.sql", "users.sql"));
    EXPECT_TRUE(all[0].through_psql);
    EXPECT_EQ(all[0].psql_variables.at("registry"), "sqitch");
    EXPECT_EQ(all[2].down_path, folder() / "revert" / "bills.sql");
    EXPECT_FALSE(all[1].down_path);
}

TEST_F(Sqitch, NamesWhatIsWrongWithThePlan) {
    write_project();
    fs::remove(folder() / "deploy" / "orders.sql");
    EXPECT_THAT([&] { open(); }, testing::Throws<Error>(testing::Property(
                                     &Error::message, HasSubstr("sqitch.plan:6: the change orders "
                                                                "has no "))));
    write("sqitch.plan", "%project=shop\n\nusers no date\n");
    EXPECT_THAT([&] { open(); }, testing::Throws<Error>(testing::Property(
                                     &Error::message, HasSubstr("sqitch.plan:3: neither"))));
}

}  // namespace
}  // namespace rehearse::migrations
