#include "tool_folder.hpp"

namespace rehearse::migrations {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;

constexpr const char* kFirstHash = "sha1:9d425143f6c0084d58f4289ec9a78d367155bf76";

class GraphileMigrate : public test::ToolFolder {
  protected:
    GraphileMigrate() : ToolFolder("graphile-migrate") {}

    fs::path commit(const std::string& file, const std::string& previous, const std::string& hash,
                    const std::string& body) const {
        return write("committed/" + file,
                     "--! Previous: " + previous + "\n--! Hash: " + hash + "\n\n" + body);
    }
};

TEST_F(GraphileMigrate, ReadsWhatWasCommitted) {
    commit("000001.sql", "-", kFirstHash, "\nCREATE TABLE t (id int);\n\n");
    commit("000002-more-of-it.sql", kFirstHash, "sha1:2", "--! no-transaction\nSELECT 2;\n");
    commit("notes.sql", "-", "sha1:3", "");
    write("current.sql");
    EXPECT_EQ(recognised(), "graphile-migrate");
    EXPECT_THAT(versions(), ElementsAre("000001", "000002"));
    EXPECT_THAT(first_texts(), ElementsAre("5:1 CREATE TABLE t (id int);\n"));
    EXPECT_EQ(all()[0].transaction_mode, TransactionMode::one_transaction);
    EXPECT_EQ(all()[1].transaction_mode, TransactionMode::whole_file_query);
    EXPECT_EQ(all()[1].name, "more-of-it");
    EXPECT_EQ(all()[1].sends, Sends::texts);
}

TEST_F(GraphileMigrate, TakesTheCommittedFolderItself) {
    write("000001-a.sql", "--! Previous: -\n--! Hash: sha1:1\n\nSELECT 1;\n");
    EXPECT_EQ(recognised(), "graphile-migrate");
    EXPECT_THAT(versions(), ElementsAre("000001"));
}

TEST_F(GraphileMigrate, NamesTheLineThatIsNoCommittedFiles) {
    const std::vector<std::pair<const char*, const char*>> cases{
        {"SELECT 1;\n", ":1: there is no \"--! Previous:\""},
        {"--! Previous: -\r\n--! Hash: sha1:1\r\n\r\nSELECT 1;\n", ":1: there is no"},
        {"--! Previous: -\n\nSELECT 1;\n", ":2: there is no \"--! Hash:\""},
        {"--! Previous: -\n--! Hash: sha1:1\nSELECT 1;\n", ":3: an empty line is to follow"},
        {"--! Previous: -\n--! Previous: -\n\n", ":2: the header Previous stands twice"},
        {"--! Previous: sha1:0\n--! Hash: sha1:1\n\n",
         "follows sha1:0, but the file before it is "
         "not there"},
    };
    for (const auto& [content, message] : cases) {
        write("committed/000001.sql", content);
        EXPECT_THAT(error(), AllOf(HasSubstr("000001.sql"), HasSubstr(message))) << content;
    }
}

TEST_F(GraphileMigrate, RefusesABrokenChain) {
    commit("000001.sql", "-", kFirstHash, "SELECT 1;\n");
    commit("000002.sql", "sha1:other", "sha1:2", "SELECT 2;\n");
    EXPECT_THAT(error(), AllOf(HasSubstr("000002.sql follows sha1:other"),
                               HasSubstr(std::string("is ") + kFirstHash)));
    commit("000002-again.sql", kFirstHash, "sha1:2", "SELECT 2;\n");
    EXPECT_THAT(error(), HasSubstr("000002-again.sql and 000002.sql"));
}

TEST_F(GraphileMigrate, PutsValuesInForPlaceholders) {
    commit("000001.sql", "-", "sha1:1",
           "SELECT ':ROLE', x::ROLE, :ROLES, :role, :KEY\nFROM :DATABASE_NAME, :NOBODY");
    write("../.gmrc",
          "{ // as init writes it\n placeholders: { ':ROLE': 'it', /* , */\n"
          " \":KEY\": \"!ENV\", }, }");
    EXPECT_THAT(error_of_first_texts(),
                HasSubstr("000001.sql:4: the placeholder :KEY has no value"));
    options_.variables = {{"KEY", "k"}};
    EXPECT_THAT(error_of_first_texts(), HasSubstr("000001.sql:5: the placeholder :DATABASE_NAME"));
    options_.variables["DATABASE_NAME"] = "shop";
    write("../.gmrc", "{ placeholders: { ':ROLE': 'app', \":KEY\": \"!ENV\", }, }");
    EXPECT_THAT(first_texts(), ElementsAre("4:1 SELECT 'app', x:app, :ROLES, :role, k\nFROM shop, "
                                           ":NOBODY\n"));
}

}  // namespace
}  // namespace rehearse::migrations
