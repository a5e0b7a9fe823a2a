#include "rehearse/base/error.hpp"
#include "rehearse/base/text.hpp"
#include "rehearse/history/run.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace rehearse::history {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

const std::vector<MigrationKey> kKnown{
    {"0001", "init", "billing/migrations/0001_init.sql"},
    {"0001", "init", "db/migrations/0001_init.sql"},
    {"0042", "backfill_email", "db/migrations/0042_backfill_email.sql"},
    {"0043", "backfill", "db/migrations/0043_backfill.sql"},
    {"0142", "drop_email", "db/migrations/0142_drop_email.up.sql"},
};

struct FoundRow {
    const char* wanted;
    const char* path;
};

TEST(FindMigration, ByVersionNamePathOrAPartOfThem) {
    const std::vector<FoundRow> rows{
        {"0042", "db/migrations/0042_backfill_email.sql"},
        {"42", "db/migrations/0042_backfill_email.sql"},
        {"backfill_email", "db/migrations/0042_backfill_email.sql"},
        {"0042_backfill_email", "db/migrations/0042_backfill_email.sql"},
        {"0042 backfill_email", "db/migrations/0042_backfill_email.sql"},
        {"0042_backfill_email.sql", "db/migrations/0042_backfill_email.sql"},
        // A whole name comes before a part of another.
        {"backfill", "db/migrations/0043_backfill.sql"},
        {"drop_", "db/migrations/0142_drop_email.up.sql"},
        {"DROP_EMAIL", "db/migrations/0142_drop_email.up.sql"},
        {"billing/", "billing/migrations/0001_init.sql"},
        {"db/migrations/0001_init.sql", "db/migrations/0001_init.sql"},
    };
    for (const auto& row : rows) {
        EXPECT_EQ(find_migration(row.wanted, kKnown).path, row.path) << row.wanted;
    }
}

struct RefusedRow {
    const char* wanted;
    const char* message;
    const char* hint;
};

TEST(FindMigration, WhatIsAmbiguousOrUnknownNamesWhatItMayBe) {
    const std::vector<RefusedRow> rows{
        {"_email", "'_email' fits 2 migrations",
         "0042_backfill_email.sql, db/migrations/0142_drop"},
        {"0001", "'0001' fits 2 migrations", "billing/migrations/0001_init.sql, db/"},
        {"init", "'init' fits 2 migrations", "billing/migrations/0001_init.sql, db/"},
        {"backfil_emial", "no run has a migration 'backfil_emial'",
         "Did you mean 'backfill_email'?"},
        {"banana", "no run has a migration 'banana'", "rehearse history --format json"},
        {"", "no run has a migration ''", "rehearse history --format json"},
    };
    for (const auto& row : rows) {
        try {
            find_migration(row.wanted, kKnown);
            FAIL() << row.wanted;
        } catch (const Error& error) {
            EXPECT_EQ(error.kind(), ErrorKind::usage);
            EXPECT_EQ(error.message(), row.message);
            EXPECT_THAT(join(error.hints(), "\n"), HasSubstr(row.hint));
        }
    }
}

TEST(FindMigration, NamesNoMoreThanAScreenful) {
    std::vector<MigrationKey> many;
    for (int i = 1'000; i < 1'100; ++i) {
        many.push_back({std::to_string(i), "add", "db/" + std::to_string(i) + "_add.sql"});
    }
    try {
        find_migration("add", many);
        FAIL();
    } catch (const Error& error) {
        EXPECT_THAT(error.hints().front(),
                    AllOf(HasSubstr("db/1007_add.sql, ..."), Not(HasSubstr("1008"))));
    }
}

TEST(FindMigration, NamesCannotMoveTheCursor) {
    const std::vector<MigrationKey> hostile{{"1", "a\033[2J", "db/1_a\033[2J.sql"},
                                            {"1", "b\033[2J", "db/1_b\033[2J.sql"}};
    for (const auto* wanted : {"1", "c\033[2J"}) {
        try {
            find_migration(wanted, hostile);
            FAIL();
        } catch (const Error& error) {
            EXPECT_THAT(join(error.hints(), "\n"), Not(HasSubstr("\033")));
        }
    }
}

}  // namespace
}  // namespace rehearse::history
