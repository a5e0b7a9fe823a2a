#include "command/server_log.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace rehearse::command {
namespace {

using testing::Eq;

// A line of PostgreSQL 15: `fields` stand from error_severity on.
std::string line_with(const std::string& fields) {
    return R"(2026-11-27 23:29:30.256 GMT,"postgres","shop",6924,"[local]",6b0a125a.1b0c,3,"idle",)"
           R"(2026-11-27 23:29:30 GMT,3/2,0,)" +
           fields + "\n";
}

std::optional<LogEntry> only_entry_of(const std::string& text) {
    LogReader reader;
    reader.add(text);
    auto entry = reader.next();
    EXPECT_FALSE(reader.next());
    return entry;
}

}  // namespace

TEST(ServerLog, ReadsTheColumnsOfAStatement) {
    const auto entry = only_entry_of(line_with(
        R"x(LOG,00000,"statement: create table t(a int)",,,,,,,,,"psql","client backend",,0)x"));
    ASSERT_TRUE(entry);
    EXPECT_EQ(entry->database_name, "shop");
    EXPECT_EQ(entry->process_id, 6924);
    EXPECT_EQ(entry->command_tag, "idle");
    EXPECT_EQ(entry->virtual_transaction_id, "3/2");
    EXPECT_EQ(entry->error_severity, "LOG");
    EXPECT_EQ(entry->message, "statement: create table t(a int)");
    EXPECT_EQ(to_iso8601(entry->log_time), "2026-11-27T23:29:30Z");
    EXPECT_EQ(entry->log_time.time_since_epoch() % std::chrono::seconds(1),
              std::chrono::milliseconds(256));
}

TEST(ServerLog, ReadsAnErrorWithItsPlace) {
    const auto entry = only_entry_of(line_with(
        R"(ERROR,42601,"syntax error at or near ""selec""","the detail","the hint",,,"in a function","selec",1,,"x")"));
    ASSERT_TRUE(entry);
    EXPECT_EQ(entry->sql_state_code, "42601");
    EXPECT_EQ(entry->message, R"(syntax error at or near "selec")");
    EXPECT_EQ(entry->detail, "the detail");
    EXPECT_EQ(entry->hint, "the hint");
    EXPECT_EQ(entry->context, "in a function");
    EXPECT_EQ(entry->query, "selec");
    EXPECT_THAT(entry->query_pos, Eq(std::optional<std::size_t>{1}));
}

// PostgreSQL 12 has neither backend_type nor what came after it.
TEST(ServerLog, ReadsTheShortLinesOfOldServers) {
    const auto entry = only_entry_of(line_with(R"(LOG,00000,"duration: 4.009 ms",,,,,,,,,"")"));
    ASSERT_TRUE(entry);
    EXPECT_EQ(entry->message, "duration: 4.009 ms");
}

TEST(ServerLog, KeepsLineFeedsCommasAndQuotes) {
    const auto entry = only_entry_of(line_with(
        "LOG,00000,\"statement: select 'a,b',\n\"\"t\"\".x\r\nfrom \"\"t\"\"\",,,,,,,,,\"\""));
    ASSERT_TRUE(entry);
    EXPECT_EQ(entry->message, "statement: select 'a,b',\n\"t\".x\r\nfrom \"t\"");
}

TEST(ServerLog, TakesPiecesOfAnySize) {
    const std::string text =
        line_with("LOG,00000,\"statement: select \"\"a\"\"\n from t\",,,,,,,,,\"\"") +
        line_with(R"(LOG,00000,"duration: 1.000 ms",,,,,,,,,"")");
    for (std::size_t size = 1; size <= text.size(); size += 7) {
        LogReader reader;
        std::vector<std::string> messages;
        for (std::size_t at = 0; at < text.size(); at += size) {
            reader.add(std::string_view{text}.substr(at, size));
            while (const auto entry = reader.next()) messages.push_back(entry->message);
        }
        EXPECT_THAT(messages,
                    testing::ElementsAre("statement: select \"a\"\n from t", "duration: 1.000 ms"))
            << "pieces of " << size;
    }
}

TEST(ServerLog, WaitsForTheEndOfALine) {
    const std::string text = line_with(R"(LOG,00000,"statement: select 1",,,,,,,,,"")");
    LogReader reader;
    reader.add(text.substr(0, text.size() - 1));
    EXPECT_FALSE(reader.next());
    reader.add("\n");
    EXPECT_TRUE(reader.next());
}

TEST(ServerLog, PassesOverWhatIsNoLineOfIts) {
    LogReader reader;
    reader.add("sh: 1: something else\n,,,\n" + line_with(R"(LOG,00000,"here",,,,,,,,,"")"));
    const auto entry = reader.next();
    ASSERT_TRUE(entry);
    EXPECT_EQ(entry->message, "here");
}

}  // namespace rehearse::command
