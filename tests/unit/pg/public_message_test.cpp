#include "rehearse/pg/public_message.hpp"

#include <gtest/gtest.h>

namespace rehearse::pg {
namespace {

struct Case {
    const char* sqlstate;
    const char* message;
    const char* sql;
    const char* expected;
};

ServerError error_of(const Case& one) {
    ServerError error;
    error.sqlstate.code = one.sqlstate;
    error.message = one.message;
    return error;
}

// Messages as PostgreSQL 15 writes them when a statement runs: nothing says whether a name is from
// the statement or from a row, but the statement does.
TEST(PublicMessage, OfANameWithoutAPositionIsShownWhereTheStatementHasIt) {
    for (const Case& one : {
             Case{"42P01", "relation \"no_such\" does not exist", "ALTER TABLE No_Such ADD a int",
                  "relation \"no_such\" does not exist"},
             {"42701", "column \"b\" of relation \"users\" already exists",
              "ALTER TABLE public.users ADD b int",
              "column \"b\" of relation \"users\" already exists"},
             {"42804", "column \"b\" cannot be cast automatically to type integer",
              "ALTER TABLE t ALTER b TYPE int",
              "column \"b\" cannot be cast automatically to type integer"},
             {"42501", "must be owner of table users", "ALTER TABLE users ADD b int",
              "must be owner of table users"},
             {"42501", "permission denied: \"pg_class\" is a system catalog",
              "ALTER TABLE pg_class ADD b int",
              "permission denied: \"pg_class\" is a system catalog"},
             {"42601", "syntax error in tsquery: \"ada lovelace\"",
              "UPDATE t SET q = body::tsquery", "syntax error in tsquery"},
             {"42P01", "relation \"secret\" does not exist", "UPDATE t SET r = secrets::regclass",
              "relation \"…\" does not exist"},
             {"42704", "role \"ada\" does not exist", "UPDATE t SET r = name::regrole",
              "role \"…\" does not exist"},
             {"3F000", "schema \"ada@example\" does not exist", "UPDATE t SET r = name::regclass",
              "schema \"…\" does not exist"},
             {"0A000", "cross-database references are not implemented: \"ada.b.c\"",
              "UPDATE t SET r = name::regclass", "cross-database references are not implemented"},
             {"42601", "improper relation name (too many dotted names): a.b.c.d",
              "UPDATE t SET r = name::regclass", "improper relation name (too many dotted names)"},
             {"42P01", "relation \"t\" of \"ada\" is no name", "UPDATE t SET r = name::regclass",
              "relation \"…\" is no name"},
         }) {
        EXPECT_EQ(public_message(error_of(one), one.sql), one.expected) << one.message;
    }
}

TEST(PublicMessage, WithAPositionIsAboutTheTextThatWasSent) {
    auto error = error_of({"42703", "column \"ada\" does not exist", "", ""});
    EXPECT_EQ(public_message(error, ""), "column \"…\" does not exist");
    error.position = 8;
    EXPECT_EQ(public_message(error, ""), "column \"ada\" does not exist");
}

TEST(PublicMessage, OfAStatementThatCodeMadeIsNotTold) {
    auto error = error_of({"42703", "column u.ada does not exist", "", ""});
    error.context = "PL/pgSQL function inline_code_block line 3 at EXECUTE";
    EXPECT_EQ(public_message(error, "DO $$ ... $$"), "");
    error.sqlstate.code = "23505";
    error.message = "duplicate key value violates unique constraint \"u\"";
    EXPECT_EQ(public_message(error, "DO $$ ... $$"), error.message);
}

TEST(PublicMessage, LeavesOutBytesAndKeepsTheEncodings) {
    EXPECT_EQ(
        public_message(
            error_of({"22021", "invalid byte sequence for encoding \"UTF8\": 0x73 0x65", "", ""}),
            ""),
        "invalid byte sequence for encoding \"UTF8\"");
    EXPECT_EQ(public_message(error_of({"22P05",
                                       "character with byte sequence 0xe2 0x82 0xac in encoding "
                                       "\"UTF8\" has no equivalent in encoding \"LATIN1\"",
                                       "", ""}),
                             ""),
              "character in encoding \"UTF8\" has no equivalent in encoding \"LATIN1\"");
}

TEST(PublicMessage, WithoutASqlstateShowsNothingThatIsQuoted) {
    EXPECT_EQ(public_message("invalid value for parameter \"app.key\": \"hunter2\"", ""),
              "invalid value for parameter \"…\"");
    EXPECT_EQ(public_message("must be owner of extension hstore", ""),
              "must be owner of extension hstore");
    EXPECT_EQ(public_message("ada is in debt", "PL/pgSQL function f() line 3 at RAISE"), "");
}

}  // namespace
}  // namespace rehearse::pg
