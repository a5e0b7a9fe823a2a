#include "report/sums.hpp"

#include <gtest/gtest.h>

#include <limits>

namespace rehearse::report {
namespace {

TEST(Sums, StayInTheRangeOfTheirType) {
    constexpr std::int64_t kLarge = std::int64_t{1} << 53;
    MigrationPart migration;
    StatementPart statement;
    statement.wal_bytes = kLarge;
    statement.rewrites = {{"orders", 1, kLarge}};
    migration.statements = {statement, statement};
    EXPECT_EQ(wal_bytes_of(migration), 2 * kLarge);
    EXPECT_EQ(bytes_of(rewritten_by(migration)), 2 * kLarge);

    migration.statements.assign(2'000, statement);
    EXPECT_EQ(wal_bytes_of(migration), std::numeric_limits<std::int64_t>::max());
    EXPECT_EQ(bytes_of(rewritten_by(migration)), std::numeric_limits<std::int64_t>::max());
}

}  // namespace
}  // namespace rehearse::report
