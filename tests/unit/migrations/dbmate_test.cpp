#include "tool_fixture.hpp"

namespace rehearse::migrations {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::StartsWith;

class Dbmate : public ToolFixture {
  protected:
    Dbmate() : ToolFixture("dbmate") {}
};

constexpr const char* kBoth = "-- migrate:up\nSELECT 1;\n-- migrate:down\n";

TEST_F(Dbmate, OrdersByFileNameAndReadsAllLeadingDigits) {
    for (const char* file : {"9_b.sql", "10_a.sql", "20240101_c_d.sql", "30-e.sql", "31.sql"})
        write(file, kBoth);
    write_all({"a_1.sql", "1_a.txt"});
    EXPECT_THAT(versions(), ElementsAre("10", "20240101", "30", "31", "9"));
    EXPECT_EQ(open()->all()[1].name, "c_d");
    EXPECT_EQ(open()->all()[2].name, "-e");
    write("010_f.sql", kBoth);  // another version
    EXPECT_EQ(versions().size(), 6U);
    write("10_g.sql", kBoth);
    EXPECT_THAT(error_of_listing(), AllOf(HasSubstr("10_a.sql"), HasSubstr("10_g.sql")));
}

TEST_F(Dbmate, SendsTheSectionWithItsDirectiveInOnePiece) {
    const Migration migration =
        only("1_a.sql",
             "-- about it\n\n-- migrate:up\nSELECT 1;\nSELECT 2;\n\n-- migrate:down\nDROP;\n");
    const auto texts = migration.texts();
    ASSERT_EQ(texts.size(), 1U);
    EXPECT_EQ(texts[0].sql, "-- migrate:up\nSELECT 1;\nSELECT 2;\n\n");
    EXPECT_EQ(texts[0].position.line, 3);
    EXPECT_EQ(texts[0].position.offset, 13U);
    EXPECT_EQ(migration.down_path, migration.path);
    EXPECT_EQ(migration.sends, Sends::texts);
}

TEST_F(Dbmate, ReadsTheOptionsOfItsDirectives) {
    const auto mode_of = [&](const std::string& line) {
        return only("1_a.sql", line + "\nSELECT 1;\n-- migrate:down transaction:false\n")
            .transaction_mode;
    };
    for (const char* line : {"-- migrate:up", "--migrate:up  ", "-- migrate:up transaction:true",
                             "-- migrate:up transaction:False", "-- migrate:up notransaction:false",
                             "-- migrate:up transaction:false\ttransaction:true"})
        EXPECT_EQ(mode_of(line), TransactionMode::one_transaction) << line;
    for (const char* line : {"-- migrate:up transaction:false", "--\tmigrate:up\ttransaction:false",
                             "-- migrate:up foo:bar transaction:false\r"})
        EXPECT_EQ(mode_of(line), TransactionMode::whole_file_query) << line;
}

TEST_F(Dbmate, NamesTheLineThatTheToolStopsAt) {
    const std::vector<std::pair<std::string, std::string>> cases = {
        {"SELECT 1;\n", "1: a statement before"},
        {"-- c\n  -- migrate:up\n", "1: no '-- migrate:up'"},
        {"-- migrate:update\n", "1: no '-- migrate:up'"},
        {"-- migrate:down\n-- migrate:up\nSELECT 1;\n", "2: '-- migrate:up' without"},
        {"-- c\nCREATE TABLE a();\n-- migrate:up\n-- migrate:down\n", "2: a statement before"},
        {std::string(kBoth) + "-- migrate:down\n", "4: a second '-- migrate:down'"},
        {std::string(kBoth) + kBoth, "4: a second '-- migrate:up'"},
    };
    for (const auto& [content, message] : cases)
        EXPECT_THAT(error_of_texts("1_a.sql", content), StartsWith("1_a.sql:" + message))
            << content;
}

}  // namespace
}  // namespace rehearse::migrations
