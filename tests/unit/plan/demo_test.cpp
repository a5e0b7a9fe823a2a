#include "rehearse/base/files.hpp"
#include "rehearse/plan/plan.hpp"

#include <gtest/gtest.h>

namespace rehearse::plan {
namespace {

// The bundled migrations are what a new user reads first.
TEST(Demo, MigrationsCanBeReplayedAndTakenBack) {
    migrations::SourceOptions options;
    options.folder = fs::path(REHEARSE_SOURCE_DIR) / "fixtures/demo/migrations";
    const auto source = migrations::open_source(options);
    EXPECT_EQ(source->tool(), "golang-migrate");
    const auto all = source->all();
    EXPECT_EQ(all.size(), 12U);
    for (const auto& planned : plan_replay(all, {}).migrations) {
        const auto& migration = planned.migration;
        EXPECT_TRUE(read_file(migration.path).starts_with("-- ")) << migration.path;
        EXPECT_TRUE(migration.down_path) << migration.path;
        EXPECT_GT(planned.survey.statements, 0U) << migration.path;
        // golang-migrate would be refused by the server.
        if (planned.survey.forbidden_in_transaction > 0) {
            EXPECT_EQ(planned.survey.statements, 1U) << migration.path;
        }
    }
}

}  // namespace
}  // namespace rehearse::plan
