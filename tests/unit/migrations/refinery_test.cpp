#include "tool_folder.hpp"

namespace rehearse::migrations {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;

class Refinery : public test::ToolFolder {
  protected:
    Refinery() : ToolFolder("refinery") {}
};

TEST_F(Refinery, OrdersByNumberInAllFolders) {
    write_all({"V10__c.sql", "V2__b_more.sql", "more/U003__d.sql", "V4__code.rs", "mod.rs"});
    write("../Cargo.toml", "");
    EXPECT_EQ(recognised(), "refinery");
    EXPECT_THAT(versions(), ElementsAre("2", "003", "10"));
    const auto migrations = all();
    EXPECT_EQ(migrations[0].name, "b_more");
    EXPECT_EQ(migrations[1].path, folder() / "more" / "U003__d.sql");
    EXPECT_EQ(migrations[0].transaction_mode, TransactionMode::one_transaction);
    EXPECT_EQ(migrations[0].sends, Sends::texts);
}

// Each line is what refinery makes of the name: taken (its name) or passed over ("-").
TEST_F(Refinery, ReadsFileNamesAsTheToolDoes) {
    const std::vector<std::pair<std::string, std::string>> cases{
        {"V1__a.sql", "a"},  {"U1__a.sql", "a"},   {"V1___a.sql", "_a"}, {"V1__a__b.sql", "a__b"},
        {"V1__é.sql", "é"},  {"V1_a.sql", "-"},    {"V1__.sql", "-"},    {"V__a.sql", "-"},
        {"v1__a.sql", "-"},  {"V1__a-b.sql", "-"}, {"V1__a b.sql", "-"}, {"V1x__a.sql", "-"},
        {"V1.__a.sql", "-"}, {"R__a.sql", "-"},    {"V1__a.SQL", "-"},   {"V1__a.b.sql", "-"},
    };
    for (const auto& [file, name] : cases) {
        write_all({"V5__always.sql", file});
        std::string found = "-";
        for (const auto& one : all()) {
            if (one.path.filename() == file) found = one.name;
        }
        EXPECT_EQ(found, name) << file;
        fs::remove(folder() / file);
    }
}

TEST_F(Refinery, RefusesVersionsThatItsTableCannotKeep) {
    for (const char* file : {"V1.2__a.sql", "V9223372036854775808__a.sql"}) {
        write(file);
        EXPECT_THAT(error(), AllOf(HasSubstr(file), HasSubstr("not a whole number"))) << file;
        fs::remove(folder() / file);
    }
    write_all({"V1__a.sql", "more/U01__b.sql"});
    EXPECT_THAT(error(), AllOf(HasSubstr("V1__a.sql"), HasSubstr("U01__b.sql")));
}

}  // namespace
}  // namespace rehearse::migrations
