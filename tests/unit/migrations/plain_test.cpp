#include "rehearse/base/error.hpp"
#include "rehearse/migrations/migration.hpp"

#include "support/folder_fixture.hpp"

#include <gmock/gmock.h>
#include <unistd.h>

namespace rehearse::migrations {
namespace {

using test::FolderFixture;
using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;

class Plain : public FolderFixture {
  protected:
    std::unique_ptr<MigrationSource> open(SourceOptions options = {}) const {
        options.folder = folder();
        if (options.tool.empty()) options.tool = "plain";
        return open_source(options);
    }
    Error error_of(const SourceOptions& options = {}) const {
        try {
            open(options);
        } catch (const Error& error) {
            return error;
        }
        ADD_FAILURE() << "nothing was thrown";
        return {ErrorKind::internal, ""};
    }
    std::vector<std::string> versions() const {
        std::vector<std::string> all;
        for (const auto& one : open()->all()) all.push_back(one.version);
        return all;
    }
};

TEST_F(Plain, RunsFilesByNumberAsPsqlWould) {
    write_all({"10_c.sql", "0002-b.sql", "1 a.sql", "README.md", ".0003_hidden.sql", "0100.sql"});
    const auto migrations = open()->all();
    ASSERT_EQ(versions(), (std::vector<std::string>{"1", "0002", "10", "0100"}));
    EXPECT_EQ(migrations[1].name, "b");
    EXPECT_EQ(migrations[1].path, folder() / "0002-b.sql");
    EXPECT_EQ(migrations[1].tool, "plain");
    EXPECT_EQ(migrations[1].transaction_mode, TransactionMode::autocommit);
    EXPECT_TRUE(migrations[1].record_before.empty());
    EXPECT_TRUE(migrations[1].record_after.empty());
}

TEST_F(Plain, ReadsVersionsInParts) {
    write_all({"1.10_b.sql", "1.2_a.sql", "2026-11-15_d.sql", "2.1_c.sql", "3-2fa.sql"});
    EXPECT_EQ(versions(), (std::vector<std::string>{"1.2", "1.10", "2.1", "3", "2026-11-15"}));
}

TEST_F(Plain, DoesNotRunTheWayBack) {
    write_all({"1_a.up.sql", "1_a.down.sql", "2_b.sql", "2_b_down.sql", "3_scale_down.sql"});
    const auto migrations = open()->all();
    ASSERT_EQ(versions(), (std::vector<std::string>{"1", "2", "3"}));
    EXPECT_EQ(migrations[0].name, "a");
    EXPECT_EQ(migrations[0].down_path, folder() / "1_a.down.sql");
    EXPECT_EQ(migrations[1].path, folder() / "2_b.sql");
    EXPECT_EQ(migrations[1].down_path, folder() / "2_b_down.sql");
    EXPECT_EQ(migrations[2].name, "scale_down") << "alone, it is a migration";
}

TEST_F(Plain, RefusesTwoFilesWithOneVersion) {
    write_all({"0007_a.sql", "7-b.sql"});
    const Error error = error_of();
    EXPECT_EQ(error.kind(), ErrorKind::migrations);
    EXPECT_THAT(error.message(), AllOf(HasSubstr("0007_a.sql"), HasSubstr("7-b.sql")));
    EXPECT_FALSE(error.hints().empty());
}

TEST_F(Plain, SaysWhatIsThereWhenNoFileMatches) {
    write_all({"README.md", "add_column.sql", "old/0001_a.sql"});
    const Error error = error_of();
    EXPECT_EQ(error.kind(), ErrorKind::migrations);
    EXPECT_THAT(error.message(), AllOf(HasSubstr("README.md"), HasSubstr("add_column.sql"),
                                       HasSubstr("folder old")));
}

TEST_F(Plain, RefusesAFileThatCannotBeRead) {
    write("0001_a.sql");
    fs::create_symlink("nowhere", folder() / "0002_b.sql");
    EXPECT_THAT(error_of().message(), HasSubstr("0002_b.sql is a link to nothing"));
    fs::remove(folder() / "0002_b.sql");

    ASSERT_EQ(mkfifo((folder() / "0002_b.sql").c_str(), 0600), 0);
    EXPECT_THAT(error_of().message(), HasSubstr("0002_b.sql is not a regular file"));
    fs::remove(folder() / "0002_b.sql");

    if (geteuid() == 0) return;  // root reads every file
    fs::permissions(write("0002_b.sql"), fs::perms::none);
    EXPECT_THAT(error_of().message(), AllOf(HasSubstr("cannot read"), HasSubstr("0002_b.sql")));
}

TEST_F(Plain, ChecksItsOptionsBeforeThereIsAScratch) {
    write_all({"0041_a.sql", "0042_b.sql"});
    SourceOptions options;
    options.pending_from = "42";
    EXPECT_NO_THROW(open(options));
    options.pending_from = "0052";
    const Error unknown = error_of(options);
    EXPECT_EQ(unknown.kind(), ErrorKind::usage);
    EXPECT_THAT(unknown.hints(), testing::Contains("Did you mean 0042?"));

    SourceOptions both;
    both.pending_from = "0042";
    both.history_query = "SELECT 1";
    EXPECT_EQ(error_of(both).kind(), ErrorKind::usage);

    SourceOptions with_table;
    with_table.history_table = "x";
    EXPECT_EQ(error_of(with_table).kind(), ErrorKind::usage);
}

TEST_F(Plain, GivesVariablesToPsql) {
    write("0042_add_column.sql");
    SourceOptions options;
    options.variables = {{"schema", "shop"}, {"ON_ERROR_STOP", "1"}};
    EXPECT_EQ(open(options)->all().front().psql_variables, options.variables);
    options.variables = {{"AUTOCOMMIT", "off"}};
    EXPECT_EQ(error_of(options).kind(), ErrorKind::usage);
    EXPECT_EQ(error_of(options).message(),
              "--set AUTOCOMMIT=off: it would open a transaction of its own");
    options.variables = {{"a.b", "c"}};
    EXPECT_EQ(error_of(options).message(), "--set a.b=c: psql has no variables of that name");
}

TEST_F(Plain, KnowsAMigrationByVersionAndFileName) {
    write("0042_add_column.sql");
    const auto migration = open()->all().front();
    for (const char* text : {"0042", "42", "0042_add_column.sql", "0042_add_column"})
        EXPECT_TRUE(is_meant_by(migration, text)) << text;
    for (const char* text : {"", "4", "420", "0042_add", "add_column", "42.0"})
        EXPECT_FALSE(is_meant_by(migration, text)) << text;
}

}  // namespace
}  // namespace rehearse::migrations
