#include "command/wire.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace rehearse::command {
namespace {

std::string big_endian(std::uint32_t number) {
    std::string bytes;
    for (int shift = 24; shift >= 0; shift -= 8) bytes += static_cast<char>(number >> shift);
    return bytes;
}

std::string message(char type, const std::string& payload) {
    return type + big_endian(static_cast<std::uint32_t>(payload.size() + 4)) + payload;
}

std::string opening(std::uint32_t code, const std::string& payload = "") {
    return big_endian(static_cast<std::uint32_t>(payload.size() + 8)) + big_endian(code) + payload;
}

// What types of messages are found when `text` comes and goes on in pieces of this size.
std::string types_in(const std::string& text, std::size_t size) {
    FrameCursor cursor;
    std::string pending;
    std::string types;
    for (std::size_t at = 0; at < text.size(); at += size) {
        pending += text.substr(at, size);
        while (const std::size_t passable = cursor.passable(pending)) {
            if (const auto frame = cursor.peek(pending)) types += frame->type;
            cursor.passed(passable, pending);
            pending.erase(0, passable);
        }
    }
    EXPECT_EQ(pending, "");
    return types;
}

}  // namespace

TEST(Wire, FindsEachMessageInPiecesOfAnySize) {
    const std::string text = message('Q', std::string("select 1") + '\0') +
                             message('d', std::string(20000, 'Q')) + message('X', "") +
                             message('P', std::string("p\0select 2\0\0\0", 13));
    for (const std::size_t size : {1U, 3U, 5U, 4096U, 65536U})
        EXPECT_EQ(types_in(text, size), "QdXP") << "pieces of " << size;
}

TEST(Wire, KnowsTheTextOfQueryAndParse) {
    const std::string query = message('Q', std::string("alter table t\0", 14));
    EXPECT_EQ(text_of(*FrameCursor().peek(query)), "alter table t");
    const std::string parse = message('P', std::string("name\0select $1\0\0\0", 17));
    EXPECT_EQ(text_of(*FrameCursor().peek(parse)), "select $1");
    const std::string sync = message('S', "");
    EXPECT_EQ(text_of(*FrameCursor().peek(sync)), "");
}

TEST(Wire, TellsWhichOpeningItIs) {
    EXPECT_FALSE(opening_in("\0\0\0"));
    EXPECT_EQ(opening_in(opening(80877103))->kind, Opening::Kind::encryption);
    EXPECT_EQ(opening_in(opening(80877104))->kind, Opening::Kind::encryption);
    EXPECT_EQ(opening_in(opening(80877102, "12345678"))->kind, Opening::Kind::cancel);
    const auto start = opening_in(opening(3U << 16, "user"));
    EXPECT_EQ(start->kind, Opening::Kind::start);
    EXPECT_EQ(start->size, 12U);
}

TEST(Wire, WhatIsNoOpeningHasNoSize) {
    EXPECT_EQ(opening_in("GET / HTTP/1.1\r\n")->size, 0U);
    EXPECT_EQ(opening_in(opening(2U << 16, "user"))->size, 0U);
    EXPECT_EQ(opening_in(std::string(8, '\0'))->size, 0U);
}

TEST(Wire, OnlyWhatReadsOrChangesRowsIsWeak) {
    for (const char* text : {"select 1", "  INSERT INTO t VALUES (1);",
                             "/* x */ -- y\nupdate t set a = 1", "BEGIN", "savepoint a", ""}) {
        EXPECT_TRUE(is_weak(text)) << text;
    }
    for (const char* text : {"alter table t add c int", "select 1; drop table t", "lock table t",
                             "do $$ begin end $$", "with x as (select 1) select 1", "truncate t"}) {
        EXPECT_FALSE(is_weak(text)) << text;
    }
}

TEST(Wire, KnowsWhatLetsGoOfLocks) {
    for (const char* text : {"COMMIT", "-- done\n end;", "prepare transaction 'x'"})
        EXPECT_TRUE(ends_transaction(text)) << text;
    for (const char* text : {"rollback", "committed", "select 1", ""})
        EXPECT_FALSE(ends_transaction(text)) << text;
}

}  // namespace rehearse::command
