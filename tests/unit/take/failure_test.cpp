#include "take/dump.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace rehearse::take {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

struct Row {
    const char* said;
    const char* hint;
};

class FailureOfPgDump : public testing::TestWithParam<Row> {};

TEST_P(FailureOfPgDump, SaysWhatToDo) {
    const auto error = failure_of("pg_dump", GetParam().said);
    EXPECT_EQ(error.kind(), ErrorKind::snapshot);
    EXPECT_THAT(error.hints(), Contains(HasSubstr(GetParam().hint)));
}

INSTANTIATE_TEST_SUITE_P(
    Known, FailureOfPgDump,
    testing::Values(
        Row{"pg_dump: error: query failed: ERROR:  canceling statement due to conflict with "
            "recovery",
            "max_standby_streaming_delay"},
        Row{"pg_dump: error: query failed: ERROR:  canceling statement due to conflict with "
            "recovery",
            "hot_standby_feedback"},
        Row{"pg_dump: error: query failed: ERROR:  canceling statement due to statement timeout",
            "--lock-wait-timeout"},
        Row{"pg_dump: error: could not obtain lock on relation \"public.orders\"",
            "A migration wanted the table"},
        Row{"pg_dump: error: query failed: ERROR:  invalid snapshot identifier: \"00-1\"",
            "one server"},
        Row{"pg_dump: error: query failed: ERROR:  out of shared memory",
            "max_locks_per_transaction"},
        // What it tells of its work is no complaint.
        Row{"pg_dump: reading row-level security policies\n"
            "pg_dump: error: could not write to output file: No space left on device",
            "--to"},
        Row{"pg_dump: error: ERROR:  query would be affected by row-level security policy for "
            "table \"t\"",
            "BYPASSRLS"},
        Row{"FATAL:  permission denied for database \"shop\"", "GRANT CONNECT"},
        Row{"FATAL:  sorry, too many clients already", "--jobs 1"}));

TEST(FailureOfPgDumpall, ShowsItsComplaintsAndNotItsTidings) {
    const auto error = failure_of("pg_dump",
                                  "pg_dump: reading schemas\npg_dump: error: out of luck\n"
                                  "pg_dump: detail: very\n");
    EXPECT_THAT(error.output_tail(),
                ElementsAre("pg_dump: error: out of luck", "pg_dump: detail: very"));
    EXPECT_THAT(error.hints(), IsEmpty());
}

}  // namespace
}  // namespace rehearse::take
