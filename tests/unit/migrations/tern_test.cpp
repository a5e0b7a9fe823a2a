#include "tool_fixture.hpp"

namespace rehearse::migrations {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::StartsWith;

class Tern : public ToolFixture {
  protected:
    Tern() : ToolFixture("tern") {}
};

TEST_F(Tern, WantsNumbersFromOneWithoutAGap) {
    write_all({"1_a.sql", "02_b.sql", "x_3.sql", "4.sql", "3_.sql"});
    EXPECT_THAT(versions(), ElementsAre("1", "02"));
    write("4_d.sql");
    EXPECT_THAT(error_of_listing(), StartsWith("no migration 3 in"));
    write_all({"3_c.sql", "003_e.sql"});
    EXPECT_THAT(error_of_listing(), AllOf(HasSubstr("003_e.sql"), HasSubstr("3_c.sql")));
}

TEST_F(Tern, TakesWhatStandsAboveItsSeparator) {
    const Migration both = only(
        "1_a.sql", "\nSELECT 1;\nSELECT 2;\n---- create above / drop below ----\nDROP TABLE a;\n");
    EXPECT_THAT(texts_of(both), ElementsAre("2:SELECT 1;\nSELECT 2;"));
    EXPECT_EQ(both.down_path, both.path);
    EXPECT_EQ(both.transaction_mode, TransactionMode::one_transaction);
    EXPECT_EQ(both.sends, Sends::texts);
    EXPECT_FALSE(only("1_a.sql", "SELECT 1;\n---- create above / drop below ----\n").down_path);
    EXPECT_THAT(error_of_texts("1_a.sql", "-- c\n\n---- create above / drop below ----\nSELECT 1;"),
                StartsWith("1_a.sql:1: no SQL above"));
}

TEST_F(Tern, HasNoTransactionWhereALineSaysSo) {
    const Migration migration = only("1_a.sql", "---- tern: disable-tx ----\nVACUUM;\n");
    EXPECT_EQ(migration.transaction_mode, TransactionMode::autocommit);
    EXPECT_EQ(migration.sends, Sends::statements);
    for (const char* text : {"---- tern: disable-tx ----\r\nVACUUM;", " ---- tern: disable-tx ----",
                             "SELECT 1;\n---- create above / drop below ----\n"
                             "---- tern: disable-tx ----\n"})
        EXPECT_EQ(only("1_a.sql", text).transaction_mode, TransactionMode::one_transaction) << text;
}

TEST_F(Tern, FillsInItsTemplates) {
    write("tern.conf", "[database]\nhost = db\n[data]\nprefix = shop\nother = x\n");
    write("shared/view.sql", "CREATE VIEW {{.prefix}}_v AS SELECT 1;");
    options_.variables["other"] = "given";
    EXPECT_THAT(texts_of(only("1_a.sql",
                              "SELECT '{{.prefix}}', '{{ .other }}';{{/* a note */}}\n"
                              "{{ template \"shared/view.sql\" . }}\n")),
                ElementsAre("1:SELECT 'shop', 'given';\nCREATE VIEW shop_v AS SELECT 1;"));
    EXPECT_THAT(texts_of(only("1_a.sql", "SELECT 1  {{- .prefix -}}  ;")),
                ElementsAre("1:SELECT 1shop;"));
    EXPECT_THAT(error_of_texts("1_a.sql", "SELECT 1;\nSELECT {{.none}};\n"),
                StartsWith("1_a.sql:2: the placeholder {{.none}} has no value"));
    EXPECT_THAT(error_of_texts("1_a.sql", "SELECT {{ .prefix | upper }};\n"),
                StartsWith("1_a.sql:1: a template that a rehearsal does not evaluate"));
    write("shared/loop.sql", "{{ template \"shared/loop.sql\" . }}");
    EXPECT_THAT(error_of_texts("1_a.sql", "{{ template \"shared/loop.sql\" . }}"),
                HasSubstr("include one another without end"));
}

}  // namespace
}  // namespace rehearse::migrations
