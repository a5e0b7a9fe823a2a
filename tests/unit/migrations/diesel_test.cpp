#include "tool_fixture.hpp"

namespace rehearse::migrations {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::StartsWith;

class Diesel : public ToolFixture {
  protected:
    Diesel() : ToolFixture("diesel") {}
    TransactionMode mode_with(const std::string& metadata) const {
        write("1_a/metadata.toml", metadata);
        return only("1_a/up.sql", "SELECT 1;").transaction_mode;
    }
};

TEST_F(Diesel, OrdersByVersionWithoutDashes) {
    write_all({"2024-01-02-000000_b_b/up.sql", "2024-01-02-000000_b_b/down.sql",
               "00000000000000_diesel_initial_setup/up.sql", "20240101000000_a/up.sql",
               ".hidden/x.sql", "seed.sql", "empty/.gitkeep"});
    EXPECT_THAT(versions(), ElementsAre("00000000000000", "20240101000000", "20240102000000"));
    const auto all = open()->all();
    EXPECT_EQ(all[2].name, "b_b");
    EXPECT_EQ(all[2].path, folder() / "2024-01-02-000000_b_b/up.sql");
    EXPECT_EQ(all[2].down_path, folder() / "2024-01-02-000000_b_b/down.sql");
    EXPECT_FALSE(all[1].down_path);
}

TEST_F(Diesel, RefusesWhatTheToolRefusesOrHides) {
    write_all({"1_a/up.sql", "2_b/down.sql"});
    EXPECT_THAT(error_of_listing(), StartsWith("2_b has no up.sql"));
    write_all({"2_b/up.sql", "0-2_c/up.sql", "02_d/up.sql"});
    EXPECT_THAT(error_of_listing(),
                AllOf(HasSubstr("version 02"), HasSubstr("0-2_c"), HasSubstr("02_d")));
}

// A metadata.toml without the key means false: the field's default, once there is a file.
TEST_F(Diesel, ReadsItsTransactionFromMetadata) {
    EXPECT_EQ(only("1_a/up.sql", "SELECT 1;").transaction_mode, TransactionMode::one_transaction);
    for (const char* text : {"run_in_transaction = true", "# c\nrun_in_transaction=true # yes\n",
                             "run_in_transaction = \"false\"", "this is no TOML"})
        EXPECT_EQ(mode_with(text), TransactionMode::one_transaction) << text;
    for (const char* text : {"run_in_transaction = false", "", "# only a comment\n", "x = 1\n",
                             "[table]\nrun_in_transaction = true\n"})
        EXPECT_EQ(mode_with(text), TransactionMode::whole_file_query) << text;
}

TEST_F(Diesel, SendsTheWholeFileAndRefusesAnEmptyOne) {
    EXPECT_THAT(texts_of(only("1_a/up.sql", "-- c\nSELECT 1;\nSELECT 2;\n")),
                ElementsAre("1:-- c\nSELECT 1;\nSELECT 2;"));
    EXPECT_THAT(error_of_texts("1_a/up.sql", " \n"), StartsWith("1_a/up.sql:1: the file is empty"));
}

}  // namespace
}  // namespace rehearse::migrations
