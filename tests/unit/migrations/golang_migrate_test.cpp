#include "rehearse/base/error.hpp"
#include "rehearse/migrations/migration.hpp"

#include "support/folder_fixture.hpp"

#include <gmock/gmock.h>

namespace rehearse::migrations {
namespace {

using test::FolderFixture;
using testing::AllOf;
using testing::HasSubstr;

class GolangMigrate : public FolderFixture {
  protected:
    std::unique_ptr<MigrationSource> open(SourceOptions options = {}) const {
        options.folder = folder();
        options.tool = "golang-migrate";
        return open_source(options);
    }
    std::string error_of() const {
        try {
            open();
        } catch (const Error& error) {
            EXPECT_EQ(error.kind(), ErrorKind::migrations);
            EXPECT_FALSE(error.hints().empty());
            return error.message();
        }
        return "";
    }
};

TEST_F(GolangMigrate, OrdersByNumberAndPairsTheDirections) {
    write_all({"10_c.up.sql", "2_b.up.sql", "2_b.down.sql", "000001_a.up.pgsql", "11_x.y.up.sql"});
    const auto migrations = open()->all();
    ASSERT_EQ(migrations.size(), 4U);
    EXPECT_EQ(migrations[0].version, "000001");
    EXPECT_EQ(migrations[0].name, "a");
    EXPECT_EQ(migrations[0].path, folder() / "000001_a.up.pgsql");
    EXPECT_FALSE(migrations[0].down_path);
    EXPECT_EQ(migrations[1].version, "2");
    EXPECT_EQ(migrations[1].down_path, folder() / "2_b.down.sql");
    EXPECT_EQ(migrations[1].tool, "golang-migrate");
    EXPECT_EQ(migrations[1].transaction_mode, TransactionMode::whole_file_query);
    EXPECT_EQ(migrations[2].version, "10");
    EXPECT_EQ(migrations[3].name, "x.y");
}

// Each line is what source/parse.go makes of the name: taken (its name) or passed over ("-").
TEST_F(GolangMigrate, ReadsFileNamesAsTheToolDoes) {
    const std::vector<std::pair<std::string, std::string>> cases = {
        {"1_.up.sql", ""},
        {"1_a.up.", "a"},
        {"1_a.down.up.sql", "a.down"},
        {"1_a b.up.sql", "a b"},
        {"00_a.up.sql", "a"},
        {"18446744073709551615_a.up.sql", "a"},
        {"18446744073709551616_a.up.sql", "-"},
        {"1-a.up.sql", "-"},
        {"1_a.sql", "-"},
        {"1_a.UP.sql", "-"},
        {"v1_a.up.sql", "-"},
        {"1_a.up", "-"},
        {".1_a.up.sql", "-"},
    };
    for (const auto& [file, name] : cases) {
        write_all({"5_always.up.sql", file});
        const auto migrations = open()->all();
        std::string found = "-";
        for (const auto& one : migrations) {
            if (one.path.filename() == file) found = one.name;
        }
        EXPECT_EQ(found, name) << file;
        fs::remove(folder() / file);
    }
}

TEST_F(GolangMigrate, RefusesTwoFilesWithOneVersionAndDirection) {
    write_all({"7_a.up.sql", "007_b.up.sql", "7_a.down.sql"});
    EXPECT_THAT(error_of(), AllOf(HasSubstr("two up files with version 7"),
                                  HasSubstr("007_b.up.sql"), HasSubstr("7_a.up.sql")));
    fs::rename(folder() / "007_b.up.sql", folder() / "7_a.down.sql.bak");
    EXPECT_THAT(error_of(), HasSubstr("two down files with version 7"));
}

TEST_F(GolangMigrate, StepsOverAVersionWithoutAnUpFile) {
    write_all({"1_a.up.sql", "2_b.down.sql"});
    const auto migrations = open()->all();
    ASSERT_EQ(migrations.size(), 1U);
    EXPECT_EQ(migrations[0].version, "1");
}

TEST_F(GolangMigrate, SaysWhatIsThereWhenNoFileMatches) {
    write_all({"0001_a.sql", "notes.txt"});
    EXPECT_THAT(error_of(), AllOf(HasSubstr("0001_a.sql"), HasSubstr("notes.txt")));
}

TEST_F(GolangMigrate, ChecksPendingFromBeforeThereIsAScratch) {
    write_all({"000001_a.up.sql", "000002_b.up.sql"});
    SourceOptions options;
    options.pending_from = "2";
    EXPECT_NO_THROW(open(options));
    options.pending_from = "3";
    EXPECT_THROW(open(options), Error);
}

}  // namespace
}  // namespace rehearse::migrations
