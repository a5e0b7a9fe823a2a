#include "take/rights.hpp"

#include "rehearse/base/error.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace rehearse::take {
namespace {

using Kind = pg::MissingRight::Kind;
using testing::ElementsAre;

const std::string kRun = "Have an owner or a superuser run: ";

Error refusal_of(int version, const std::vector<pg::MissingRight>& missing) {
    try {
        require_rights({{version}, "my shop", "Read er", false, ""}, missing);
    } catch (const Error& error) {
        return error;
    }
    return Error(ErrorKind::internal, "nothing is missing");
}

TEST(Rights, NothingMissingIsNoError) {
    EXPECT_EQ(refusal_of(150000, {}).message(), "nothing is missing");
}

TEST(Rights, AreNamedAndGiven) {
    const auto error = refusal_of(150000, {{Kind::monitor, "", "", 1},
                                           {Kind::schema, "billing", "", 1},
                                           {Kind::table, "billing", "invoices", 1},
                                           {Kind::table, "public", "Users", 1},
                                           {Kind::sequence, "public", "users_id_seq", 1},
                                           {Kind::row_security, "public", "notes", 1},
                                           {Kind::large_objects, "", "", 3}});
    EXPECT_EQ(error.kind(), ErrorKind::snapshot);
    EXPECT_EQ(error.message(),
              "the role \"Read er\" may not take a snapshot of \"my shop\": it lacks pg_monitor; "
              "USAGE on schema billing; SELECT on billing.invoices, \"Users\"; SELECT on sequence "
              "users_id_seq; the rows that row security hides in notes; SELECT on 3 large objects");
    EXPECT_THAT(error.hints(),
                ElementsAre(kRun + "GRANT pg_monitor, pg_read_all_data TO \"Read er\";",
                            kRun + "ALTER ROLE \"Read er\" BYPASSRLS;",
                            "Have their owner run GRANT SELECT ON LARGE OBJECT ... TO \"Read er\", "
                            "or take the snapshot as a superuser."));
}

TEST(Rights, BeforePgReadAllDataAreGivenOneByOne) {
    const auto error = refusal_of(130000, {{Kind::schema, "billing", "", 1},
                                           {Kind::table, "billing", "invoices", 1},
                                           {Kind::table, "public", "users", 1},
                                           {Kind::sequence, "public", "users_id_seq", 1}});
    EXPECT_THAT(
        error.hints(),
        ElementsAre(kRun + "GRANT USAGE ON SCHEMA billing TO \"Read er\";",
                    kRun + "GRANT SELECT ON ALL TABLES IN SCHEMA billing, public TO \"Read er\";",
                    kRun + "GRANT SELECT ON ALL SEQUENCES IN SCHEMA public TO \"Read er\";"));
}

TEST(Rights, OfManyTablesSomeAreNamed) {
    std::vector<pg::MissingRight> missing;
    for (int i = 1; i <= 7; ++i)
        missing.push_back({Kind::table, "public", "t" + std::to_string(i), 1});
    EXPECT_EQ(refusal_of(150000, missing).message(),
              "the role \"Read er\" may not take a snapshot of \"my shop\": it lacks SELECT on t1, "
              "t2, t3, t4, t5 and 2 more");
}

}  // namespace
}  // namespace rehearse::take
