#include "take/bundle.hpp"

#include "rehearse/base/error.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <fstream>

namespace rehearse::take {
namespace {

using testing::HasSubstr;

class Bundles : public testing::Test {
  protected:
    fs::path in_place(const std::string& name) const { return place_.path() / name; }

    std::string refusal_of(const std::string& name) const {
        try {
            Bundle bundle(place_.path(), name);
        } catch (const Error& error) {
            return error.message();
        }
        return "";
    }

    TempDir place_{default_temp_folder(), "rehearse-test-bundles-" + std::to_string(getpid())};
};

TEST_F(Bundles, AreUnderTheirNameOnlyWhenPublished) {
    Bundle bundle(place_.path(), "week");
    write_file_atomically(bundle.path() / "roles.sql", "-- none\n");
    EXPECT_EQ(bundle.path(), in_place("week.partial"));
    EXPECT_EQ(fs::status(bundle.path()).permissions(), fs::perms::owner_all);
    EXPECT_FALSE(fs::exists(in_place("week")));
    EXPECT_EQ(bundle.publish(), in_place("week"));
    EXPECT_TRUE(fs::exists(in_place("week") / "roles.sql"));
    EXPECT_FALSE(fs::exists(in_place("week.partial")));
    EXPECT_FALSE(fs::exists(in_place("week") / ".writer"));
}

TEST_F(Bundles, GoWhenTheyAreNotPublished) {
    { Bundle bundle(place_.path(), "week"); }
    EXPECT_TRUE(fs::is_empty(place_.path()));
}

TEST_F(Bundles, TakeNobodysName) {
    const Bundle first(place_.path(), "week");
    EXPECT_THAT(refusal_of("week"), HasSubstr("is being written by another take"));
    EXPECT_TRUE(fs::exists(first.path()));
    fs::create_directory(in_place("day"));
    EXPECT_THAT(refusal_of("day"), HasSubstr("is there already"));
    const Bundle second = Bundle::under_free_name(place_.path(), "week");
    EXPECT_EQ(second.path(), in_place("week-2.partial"));
}

TEST_F(Bundles, ReplaceWhatAKilledTakeLeft) {
    fs::create_directory(in_place("week.partial"));
    std::ofstream(in_place("week.partial") / ".writer") << "";
    std::ofstream(in_place("week.partial") / "roles.sql") << "";
    const Bundle bundle(place_.path(), "week");
    EXPECT_FALSE(fs::exists(bundle.path() / "roles.sql"));
}

TEST_F(Bundles, LeaveAFolderThatIsNotOurs) {
    fs::create_directory(in_place("week.partial"));
    std::ofstream(in_place("week.partial") / "mine") << "";
    EXPECT_NE(refusal_of("week"), "");
    EXPECT_TRUE(fs::exists(in_place("week.partial") / "mine"));
}

TEST_F(Bundles, CannotBeWhereNoFolderCanBe) {
    std::ofstream(in_place("file")) << "";
    EXPECT_THROW(Bundle(in_place("file"), "week"), Error);
}

TEST(BundleNames, KeepToWhatEveryPlaceTakes) {
    EXPECT_EQ(name_for("shop", "2026-11-22T03:15:00Z"), "shop-2026-11-22T031500Z");
    EXPECT_EQ(name_for("../my db", "2026-11-22T03:15:00Z"), "_._my_db-2026-11-22T031500Z");
    for (const char* name : {"", "a/b", ".week", "week.partial", "week.tmp", "week.part"})
        EXPECT_THROW(check_name(name), Error) << name;
    check_name("week 47");
}

}  // namespace
}  // namespace rehearse::take
