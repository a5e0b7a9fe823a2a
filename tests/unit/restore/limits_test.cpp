#include "restore/limits.hpp"

#include "restore/extensions.hpp"

#include <gmock/gmock.h>

namespace rehearse::restore {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

TEST(Limits, EstimateFollowsTheFormat) {
    constexpr std::uint64_t kMegabyte = 1 << 20;
    snapshot::Snapshot snapshot;
    snapshot.size_bytes = 1000 * kMegabyte;
    snapshot.archive.emplace();
    EXPECT_EQ(estimated_bytes(snapshot), 2100 * kMegabyte);
    snapshot.archive->compressed = true;
    EXPECT_EQ(estimated_bytes(snapshot), 6100 * kMegabyte);
    snapshot.format = snapshot::Format::plain;
    snapshot.uncompressed_bytes = 3000 * kMegabyte;
    EXPECT_EQ(estimated_bytes(snapshot), 6100 * kMegabyte);
}

TEST(Limits, FormatsThatPgRestoreReads) {
    const std::vector<std::pair<int, int>> cases{
        {130000, 14}, {150020, 14}, {160004, 15}, {170011, 16}, {180001, 16}};
    for (const auto& [version, minor] : cases) {
        EXPECT_EQ(newest_format_for(pg::ServerVersion{version}), minor) << version;
    }
}

TEST(Extensions, AllMissingOnesAreNamed) {
    const std::vector<pg::AvailableExtension> available{{"plpgsql", "1.0", {"1.0"}},
                                                        {"pg_trgm", "1.6", {"1.6"}}};
    EXPECT_THAT(missing_extensions({"pg_trgm", "postgis", "vector"}, available),
                ElementsAre("postgis", "vector"));
    EXPECT_THAT(missing_extensions({"pg_trgm"}, available), IsEmpty());
}

TEST(Extensions, DebianPackages) {
    EXPECT_THAT(packages_with({"hstore", "unaccent", "uuid-ossp"}, 15),
                ElementsAre("postgresql-contrib"));
    EXPECT_THAT(packages_with({"postgis", "postgis_topology", "vector", "plpython3u", "hll",
                               "pg_cron", "some_thing"},
                              17),
                ElementsAre("postgresql-17-cron", "postgresql-17-hll", "postgresql-17-pgvector",
                            "postgresql-17-postgis-3", "postgresql-17-some-thing",
                            "postgresql-plpython3-17"));
}

}  // namespace
}  // namespace rehearse::restore
