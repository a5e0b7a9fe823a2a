#include "integration/restore_fixture.hpp"

#include <gmock/gmock.h>

namespace rehearse::restore::test {
namespace {

using testing::Contains;
using testing::HasSubstr;
using testing::IsEmpty;

class RestoreInContainers : public RestoreTest,
                            public testing::WithParamInterface<scratch::test::EngineCase> {
  protected:
    void SetUp() override { set_up(GetParam()); }
};

TEST_P(RestoreInContainers, EveryFormat) {
    auto& production = Production::instance();
    for (const auto& path :
         {production.dump("c.dump", {"-Fc"}), production.dump("d", {"-Fd"}),
          production.dump("t.tar", {"-Ft"}), production.dump("p.sql", {"--create"}),
          production.gzipped(production.dump("g.sql", {}))}) {
        const auto result = restore(read(path));
        EXPECT_THAT(result.harmless, IsEmpty()) << path;
        EXPECT_EQ(
            value_of(result.database, "SELECT count(*) || ' ' || sum(amount) FROM sales.invoices"),
            "5000 12502500.00")
            << path;
        EXPECT_EQ(value_of(result.database,
                           "SELECT tableowner FROM pg_tables WHERE tablename = 'invoices'"),
                  "app_owner");
        // A database with a subscription cannot be dropped: out of the way of the next one.
        value_of("postgres", "ALTER DATABASE \"" + result.database + "\" RENAME TO \"" +
                                 path.filename().string() + "\"");
    }
}

TEST_P(RestoreInContainers, MissingExtension) {
    auto snapshot = read(Production::instance().dump("c.dump", {"-Fc"}));
    snapshot.extensions.push_back("postgis");
    const Error error = failure(snapshot);
    EXPECT_EQ(error.message(), "c.dump needs an extension that the scratch server lacks: postgis");
    EXPECT_THAT(error.hints(), Contains(HasSubstr("Use --image with an image of PostgreSQL")));
}

INSTANTIATE_TEST_SUITE_P(
    Docker, RestoreInContainers,
    testing::Values(scratch::test::EngineCase{"docker15", scratch::EngineKind::docker, 15,
                                              "rehearse-test/postgres:15"},
                    scratch::test::EngineCase{"docker17", scratch::EngineKind::docker, 17,
                                              "rehearse-test/postgres:17"}),
    [](const auto& what) { return what.param.name; });

}  // namespace
}  // namespace rehearse::restore::test
