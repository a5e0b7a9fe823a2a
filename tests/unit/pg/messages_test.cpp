#include "pg/messages.hpp"

#include <gtest/gtest.h>

namespace rehearse::pg {
namespace {

TEST(Messages, TempBytesComeFromTheLogLineAlone) {
    const std::string line =
        R"(temporary file: path "base/pgsql_tmp/pgsql_tmp123.0", size 14000000)";
    EXPECT_EQ(temp_bytes_in({"LOG", {"00000"}, line}), 14'000'000);
    EXPECT_EQ(temp_bytes_in({"NOTICE", {"00000"}, line}), 0);  // somebody's RAISE NOTICE
    EXPECT_EQ(temp_bytes_in({"LOG", {"00000"}, "duration: 12 ms"}), 0);
    EXPECT_EQ(temp_bytes_in({"LOG", {"00000"}, R"(temporary file: path "x", size many)"}), 0);
}

TEST(Messages, RowsAreWhatTheTagEndsIn) {
    EXPECT_EQ(rows_of_tag("INSERT 0 3"), 3);
    EXPECT_EQ(rows_of_tag("SELECT 12"), 12);
    EXPECT_EQ(rows_of_tag("COPY 7"), 7);
    EXPECT_EQ(rows_of_tag("UPDATE 0"), 0);
    EXPECT_EQ(rows_of_tag("ALTER TABLE"), std::nullopt);
    EXPECT_EQ(rows_of_tag("BEGIN"), std::nullopt);
    EXPECT_EQ(rows_of_tag(""), std::nullopt);
}

TEST(Messages, TheFirstLineWithoutItsSeverity) {
    EXPECT_EQ(first_message("ERROR:  relation \"t\" does not exist\nLINE 1: SELECT"),
              "relation \"t\" does not exist");
    EXPECT_EQ(first_message("connection to server on socket \"/x\" failed: FATAL:  the database "
                            "system is starting up\n"),
              "the database system is starting up");
    EXPECT_EQ(first_message("server closed the connection unexpectedly\n"),
              "server closed the connection unexpectedly");
}

}  // namespace
}  // namespace rehearse::pg
