#include "rehearse/base/error.hpp"
#include "rehearse/base/text.hpp"
#include "rehearse/migrations/migration.hpp"

#include "support/folder_fixture.hpp"

#include <gmock/gmock.h>

namespace rehearse::migrations {
namespace {

using test::FolderFixture;
using testing::AllOf;
using testing::Contains;
using testing::HasSubstr;

struct Case {
    const char* tool;
    // Name and content, from the project's folder: "migrations/" is what is opened.
    std::vector<std::pair<std::string, std::string>> files;
};

std::ostream& operator<<(std::ostream& out, const Case& one) {
    return out << one.tool << " " << one.files.front().first;
}

SourceOptions options(const fs::path& folder, const char* tool = "") {
    SourceOptions made;
    made.folder = folder;
    made.tool = tool;
    return made;
}

class Recognition : public FolderFixture {
  protected:
    void write_project(const Case& one) const {
        for (const auto& [name, content] : one.files) write(fs::path("..") / name, content);
    }
    Error error_of(const SourceOptions& given) const {
        try {
            open_source(given);
        } catch (const Error& error) {
            return error;
        }
        ADD_FAILURE() << "nothing was thrown";
        return {ErrorKind::internal, ""};
    }
};

class ForeignTool : public Recognition, public testing::WithParamInterface<Case> {};

TEST_P(ForeignTool, IsNamedAndNeverTakenForPlainFiles) {
    write_project(GetParam());
    const Error error = error_of(options(folder()));
    EXPECT_EQ(error.kind(), ErrorKind::migrations);
    EXPECT_THAT(error.message(), HasSubstr("looks like " + std::string(GetParam().tool) +
                                           ", which rehearse does not replay yet"));
    EXPECT_THAT(error.hints(), Contains(HasSubstr("--tool plain")));
}

INSTANTIATE_TEST_SUITE_P(
    Fingerprints, ForeignTool,
    testing::Values(Case{"Hasura", {{"migrations/1668000000000_a/up.sql", ""}}},
                    Case{"rambler", {{"migrations/1_a.sql", "-- rambler up\n"}}},
                    Case{"morph", {{"migrations/1_a.up.sql", "-- morph:nontransactional\n"}}},
                    Case{"pop", {{"migrations/1_a.postgres.up.sql", ""}}},
                    Case{"pop", {{"migrations/1_a.autocommit.up.sql", ""}}},
                    Case{"Evolve", {{"migrations/V1_2__a.sql", ""}, {"Shop.csproj", ""}}}));

TEST_F(Recognition, TellsTheToolsThatItReplays) {
    write("1_a.sql");
    EXPECT_EQ(open_source(options(folder()))->tool(), "plain");
    write("2_b.up.sql", "-- Up migration for b\nSELECT 1;\n");
    EXPECT_EQ(open_source(options(folder()))->tool(), "golang-migrate");
    write("atlas.sum");  // Atlas lints golang-migrate's folders too
    EXPECT_EQ(open_source(options(folder()))->tool(), "golang-migrate");
    EXPECT_EQ(open_source(options(folder(), "plain"))->tool(), "plain");
}

TEST_F(Recognition, AsksWhereTwoToolsHaveLeftTheirMarks) {
    write("00001_a.sql", "-- +goose Up\nSELECT 1;\n");
    write("00002_b.sql", "-- migrate:up\nSELECT 1;\n");
    const Error error = error_of(options(folder()));
    EXPECT_EQ(error.kind(), ErrorKind::migrations);
    EXPECT_THAT(error.message(), HasSubstr("looks like more than one tool's: goose and dbmate"));
    EXPECT_THAT(error.hints().front(), HasSubstr("--tool goose or --tool dbmate"));
    EXPECT_EQ(open_source(options(folder(), "goose"))->tool(), "goose");
}

TEST_F(Recognition, TakesSupabasesFolderForTheSupabaseCli) {
    fs::rename(folder(), parent() / "supabase");
    fs::create_directory(parent() / "supabase" / "migrations");
    write("../supabase/config.toml");
    write("../supabase/migrations/20240102_a.sql");
    EXPECT_EQ(open_source(options(parent() / "supabase" / "migrations"))->tool(), "supabase");
}

TEST_F(Recognition, AdvisesAgainstPlainWherePsqlWouldRunBothWays) {
    write("00001_a.sql", "-- rambler up\nSELECT 1;\n-- rambler down\nDROP TABLE a;\n");
    EXPECT_THAT(error_of(options(folder())).hints().front(), HasSubstr("the way down as well"));
    EXPECT_NO_THROW(open_source(options(folder(), "plain")));
}

TEST_F(Recognition, SaysWhatIsWrongWithTheFolder) {
    const auto check = [&](const fs::path& path, const char* message) {
        const Error error = error_of(options(path));
        EXPECT_EQ(error.kind(), ErrorKind::migrations) << path;
        EXPECT_THAT(error.message(), AllOf(HasSubstr(message), HasSubstr(path.string())));
        EXPECT_FALSE(error.hints().empty()) << path;
        return error;
    };
    check(folder(), "is empty");
    write(".gitkeep");
    check(folder(), "is empty");
    check(write("notes.txt"), "is not a folder");
    EXPECT_THAT(check(folder(), "no migrations in").message(), HasSubstr("notes.txt"));
    EXPECT_THAT(check(parent() / "migratoins", "no migration folder").hints().front(),
                HasSubstr("Did you mean " + folder().string()));
    check(parent() / "nowhere" / "at" / "all", "no migration folder");
}

TEST_F(Recognition, AnswersAnUnknownToolWithTheNearest) {
    write("1_a.sql");
    const Error unknown = error_of(options(folder(), "plian"));
    EXPECT_EQ(unknown.kind(), ErrorKind::usage);
    EXPECT_THAT(unknown.hints(), Contains("Did you mean plain?"));
    const Error later = error_of(options(folder(), "evolve"));
    EXPECT_EQ(later.kind(), ErrorKind::usage);
    EXPECT_THAT(later.message(), HasSubstr("does not replay Evolve yet"));
}

}  // namespace
}  // namespace rehearse::migrations
