#include "rehearse/base/error.hpp"
#include "rehearse/migrations/migration.hpp"

#include "migrations/liquibase_changelog.hpp"
#include "support/folder_fixture.hpp"

#include <gmock/gmock.h>

namespace rehearse::migrations {
namespace {

using test::FolderFixture;
using testing::ElementsAre;
using testing::HasSubstr;

std::vector<std::string> pieces(const std::string& body, const std::string& attributes = "") {
    const std::string text =
        "--liquibase formatted sql\n--changeset a:1 " + attributes + "\n" + body;
    std::vector<std::string> all;
    for (const auto& piece : texts_of(text, change_sets_of(text, "c.sql").at(0)))
        all.push_back(piece.sql);
    return all;
}

class Liquibase : public FolderFixture {
  protected:
    std::vector<std::string> versions() const {
        SourceOptions options;
        options.folder = folder();
        options.tool = "liquibase";
        std::vector<std::string> all;
        for (const auto& one : open_source(options)->all()) all.push_back(one.version);
        return all;
    }
    std::string error_of() const {
        try {
            versions();
        } catch (const Error& error) {
            EXPECT_EQ(error.kind(), ErrorKind::migrations);
            return error.message();
        }
        return "";
    }
};

TEST(LiquibaseChangelog, ReadsChangesetsWithTheirAttributes) {
    const std::string text =
        "\n-- Liquibase formatted SQL\n--property name:schema value:shop\n"
        "--changeset ann:1 runInTransaction:false splitStatements:true endDelimiter:@@\n"
        "SELECT 1;\n--rollback SELECT 0;\n"
        "-- changeset \"Ann B\":\"two words\" runOnChange:true\n--preconditions onFail:HALT\n"
        "SELECT 2;\n";
    EXPECT_TRUE(is_formatted_sql(text));
    EXPECT_FALSE(is_formatted_sql("SELECT 1;\n--liquibase formatted sql\n"));
    EXPECT_EQ(properties_of(text).at("schema"), "shop");
    const auto sets = change_sets_of(text, "c.sql");
    ASSERT_EQ(sets.size(), 2U);
    EXPECT_EQ(sets[0].author, "ann");
    EXPECT_EQ(sets[0].id, "1");
    EXPECT_FALSE(sets[0].flag("runintransaction", true));
    EXPECT_EQ(sets[0].attribute("enddelimiter"), "@@");
    EXPECT_TRUE(sets[0].has_rollback);
    EXPECT_EQ(sets[1].author, "Ann B");
    EXPECT_EQ(sets[1].id, "two words");
    EXPECT_TRUE(sets[1].has_preconditions);
    EXPECT_EQ(sets[1].line, 7);
    EXPECT_THROW(change_sets_of("--changeset nobody\n", "c.sql"), Error);
}

// As Liquibase 4.28.1 was seen to cut them.
TEST(LiquibaseChangelog, CutsABodyAsTheToolDoes) {
    EXPECT_THAT(pieces("SELECT 1;\nSELECT ';', \";\" -- ;\n;/* ; */ SELECT 3"),
                ElementsAre("SELECT 1", "SELECT ';', \";\" -- ;\n", "/* ; */ SELECT 3"));
    EXPECT_THAT(pieces("SELECT 1\nGO\nSELECT 2\n/\nSELECT 3"),
                ElementsAre("SELECT 1\n", "SELECT 2\n", "SELECT 3"));
    // A dollar quote is no quote: only BEGIN ... END holds a body together.
    EXPECT_THAT(pieces("CREATE FUNCTION f() RETURNS int AS $$ begin return 1; end\n$$ language "
                       "plpgsql;"),
                ElementsAre("CREATE FUNCTION f() RETURNS int AS $$ begin return 1; end\n$$ "
                            "language plpgsql"));
    EXPECT_THAT(pieces("DO $$ begin perform 1; end; $$;"),
                ElementsAre("DO $$ begin perform 1; end", "$$"));
    EXPECT_THAT(pieces("DO $$ begin perform 1; end; $$;", "splitStatements:false"),
                ElementsAre("DO $$ begin perform 1; end; $$;"));
    EXPECT_THAT(pieces("SELECT 1;\n@@\nSELECT 2;", "endDelimiter:@@"),
                ElementsAre("SELECT 1;\n", "SELECT 2;"));
}

TEST_F(Liquibase, OrdersFilesByNameOrByTheMasterChangelog) {
    const auto file = [](const std::string& id) {
        return "--liquibase formatted sql\n--changeset a:" + id + "\nSELECT 1;\n";
    };
    write("b.sql", file("2"));
    write("a.sql", file("1"));
    write("sub/c.sql", file("3"));
    write("plain.sql", "SELECT 1;\n");
    EXPECT_THAT(versions(), ElementsAre("a:1", "a:2", "a:3"));
    write("master.yaml",
          "databaseChangeLog:\n  - include:\n      file: db/sub/c.sql\n  - include:\n      file: "
          "a.sql\n");
    EXPECT_THAT(versions(), ElementsAre("a:3", "a:1"));
    fs::remove(folder() / "master.yaml");
    write("master.xml", "<databaseChangeLog><include file=\"b.sql\"/></databaseChangeLog>");
    EXPECT_THAT(versions(), ElementsAre("a:2"));
}

TEST_F(Liquibase, RefusesWhatItCannotRead) {
    write("a.sql", "--liquibase formatted sql\n--changeset a:1\nSELECT 1;\n--changeset a:1\n");
    EXPECT_THAT(error_of(), HasSubstr("a.sql:4: the changeset a:1 stands there a second time"));
    write("a.sql",
          "--liquibase formatted sql\n--changeset a:1 dbms:mysql\nSELECT 1;\n"
          "--changeset a:2 dbms:postgresql\nSELECT 1;\n");
    EXPECT_THAT(versions(), ElementsAre("a:2"));
    write("b.xml", "<changeSet id=\"1\" author=\"a\"/>");
    EXPECT_THAT(error_of(), HasSubstr("b.xml has changesets that are not SQL"));
}

}  // namespace
}  // namespace rehearse::migrations
