#include "take/dump_progress.hpp"

#include <gtest/gtest.h>

namespace rehearse::take {
namespace {

class Told final : public Progress {
  public:
    void begin(const std::string&) override {}
    void update(std::uint64_t done_bytes, std::optional<std::uint64_t> total_bytes, Unit,
                const std::string&) override {
        done = done_bytes;
        total = total_bytes.value_or(0);
    }
    void end(const std::string&) override {}
    void note(const std::string&) override {}
    void warn(const std::string&) override {}

    std::uint64_t done = 0;
    std::uint64_t total = 0;
};

pg::TableTraffic table(pg::Oid oid, const std::string& name, std::int64_t bytes) {
    pg::TableTraffic traffic;
    traffic.oid = oid;
    traffic.table = {"public", name};
    traffic.table_bytes = bytes;
    return traffic;
}

TEST(DumpProgress, CountsWhatWasCopied) {
    const std::vector tables{table(1, "a", 100), table(2, "b", 50), table(3, "c", 10)};
    Told told;
    DumpProgress progress(tables, 1, told);
    const auto begins = [&](const char* name) {
        progress.add_line(std::string("pg_dump: dumping contents of table \"public.") + name +
                          "\"");
    };
    const auto done_with = [&](const std::map<pg::Oid, std::int64_t>& copied) {
        progress.show(copied, 7);
        return told.done;
    };
    EXPECT_EQ(done_with({}), 0U);
    EXPECT_EQ(told.total, 160U);
    progress.add_line("pg_dump: reading schemas");
    progress.add_line("pg_dump: dumping contents of table \"public.unknown\"");
    begins("a");
    EXPECT_EQ(done_with({}), 0U);  // its COPY has not begun
    EXPECT_EQ(done_with({{1, 60}}), 60U);
    EXPECT_EQ(done_with({{1, 130}}), 100U);  // text is longer than rows
    EXPECT_EQ(done_with({}), 100U);
    begins("b");
    EXPECT_EQ(done_with({{2, 20}}), 120U);
    begins("c");  // b ended between two looks
    EXPECT_EQ(done_with({}), 150U);
    EXPECT_EQ(progress.tables_begun(), 3U);
}

// A server that does not tell what is copied: the last ones of as many as work are under way.
TEST(DumpProgress, WithoutCopiedBytesCountsTheTablesBehind) {
    const std::vector tables{table(1, "a", 100), table(2, "b", 50), table(3, "c", 10)};
    Told told;
    DumpProgress progress(tables, 2, told);
    for (const char* name : {"a", "b", "c"}) {
        progress.add_line(std::string("pg_dump: dumping contents of table \"public.") + name +
                          "\"");
    }
    progress.show({}, 0);
    EXPECT_EQ(told.done, 100U);
}

}  // namespace
}  // namespace rehearse::take
