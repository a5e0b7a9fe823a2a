#include "pg/connection.hpp"

#include <gtest/gtest.h>

namespace rehearse::pg {
namespace {

TEST(Queries, TheBodyOfAPreparedOneIsTheQueryAlone) {
    EXPECT_EQ(body_of({"q", "-- EXECUTE q(1);\nPREPARE q(integer) AS\nSELECT $1;\n"}),
              "SELECT $1;\n");
    EXPECT_EQ(body_of({"q", "SELECT 1 AS\none;\n"}), "SELECT 1 AS\none;\n");
}

TEST(Queries, OidsMakeAnArray) {
    EXPECT_EQ(oid_array({}), "{}");
    EXPECT_EQ(oid_array({1, 4294967295U}), "{1,4294967295}");
}

TEST(ConnectionStrings, QuoteWhatTheyCarry) {
    const ConnInfo where{"/tmp/it's", 5433, "my db", "postgres", R"(p\w)", "rehearse"};
    EXPECT_EQ(connection_string(where, "rehearse witness", "-c jit=off", 3),
              R"(host='/tmp/it\'s' port=5433 dbname='my db' user='postgres' password='p\\w')"
              R"( application_name='rehearse witness' connect_timeout=3 keepalives_idle=30)"
              R"( keepalives_interval=10 keepalives_count=6 client_encoding=UTF8)"
              R"( gssencmode=disable options='-c jit=off')");
}

}  // namespace
}  // namespace rehearse::pg
