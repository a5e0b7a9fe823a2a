#include "cli/live_replay.hpp"

#include <gtest/gtest.h>

#include <sstream>

namespace rehearse::cli {
namespace {

using namespace std::chrono_literals;

constexpr const char* kIndex =
    "CREATE INDEX CONCURRENTLY\n    orders_customer\n    ON orders (customer_id)";

migrations::Migration migration_of(const std::string& version, const std::string& name) {
    migrations::Migration migration;
    migration.version = version;
    migration.name = name;
    return migration;
}

observe::LiveStatus status_of(Millis elapsed, const std::string& lock = "",
                              const std::string& phase = "",
                              std::optional<double> share_done = std::nullopt,
                              std::optional<Millis> left = std::nullopt) {
    return {elapsed, lock, phase, share_done, left};
}

// What a terminal shows after each time it was drawn anew.
std::vector<std::string> lines_on(int columns, const std::string& sql,
                                  const observe::LiveStatus& status,
                                  const migrations::Migration& migration) {
    std::ostringstream out;
    StatusLine line(out, [columns] { return columns; });
    LiveReplay live(line, {});
    live.migration_begins(1, 5, migration);
    live.statement_begins(3, 7, sql);
    live.statement_running(status);
    std::vector<std::string> lines;
    constexpr std::string_view kAnew = "\r\x1b[K";
    std::string text = out.str();
    for (auto at = text.find(kAnew); at != std::string::npos;) {
        const auto begin = at + kAnew.size();
        at = text.find(kAnew, begin);
        lines.push_back(text.substr(begin, at - begin));
    }
    return lines;
}

struct Row {
    const char* what;
    std::string sql;
    observe::LiveStatus status;
    const char* narrow;  // 40 columns
    const char* usual;   // 80
    const char* wide;    // 200
};

TEST(LiveReplay, DrawsTheRunningStatement) {
    const auto lock = "ShareUpdateExclusiveLock on orders";
    const std::vector<Row> rows{
        {"only its time", "SELECT 1", status_of(1'200ms), "[2/5] 0042 1.20 s 3/7 SELECT 1",
         "[2/5] 0042 1.20 s 3/7 SELECT 1", "[2/5] 0042 1.20 s 3/7 SELECT 1"},
        {"a lock", kIndex, status_of(41s, lock), "[2/5] 0042 41.0 s ShareUpdateExclusiv…",
         "[2/5] 0042 41.0 s ShareUpdateExclusiveLock on orders 3/7 CREATE INDEX CONCURR…",
         "[2/5] 0042 41.0 s ShareUpdateExclusiveLock on orders 3/7 CREATE INDEX CONCURRENTLY "
         "orders_customer ON ord…"},
        {"a phase", kIndex, status_of(41s, "", "waiting for old snapshots"),
         "[2/5] 0042 41.0 s waiting for old sna…",
         "[2/5] 0042 41.0 s waiting for old snapshots 3/7 CREATE INDEX CONCURRENTLY ord…",
         "[2/5] 0042 41.0 s waiting for old snapshots 3/7 CREATE INDEX CONCURRENTLY "
         "orders_customer ON ord…"},
        {"a phase, its share and what is left", kIndex,
         status_of(41s, lock, "building index", 0.339, 80s),
         "[2/5] 0042 41.0 s building index 33 %…",
         "[2/5] 0042 41.0 s building index 33 %, about 1 min 20 s left ShareUpdateExclu…",
         "[2/5] 0042 41.0 s building index 33 %, about 1 min 20 s left ShareUpdateExclusiveLock on "
         "orders 3/7 CREATE INDEX CONCURRENTLY orders_customer ON ord…"},
        {"a share of nothing and of all", "VACUUM", status_of(2s, "", "scanning heap", 1),
         "[2/5] 0042 2.00 s scanning heap 100 %…",
         "[2/5] 0042 2.00 s scanning heap 100 % 3/7 VACUUM",
         "[2/5] 0042 2.00 s scanning heap 100 % 3/7 VACUUM"},
        {"wide characters", "SELECT '今日は'", status_of(2s, "ShareLock on 注文注文注文"),
         "[2/5] 0042 2.00 s ShareLock on 注文注…",
         "[2/5] 0042 2.00 s ShareLock on 注文注文注文 3/7 SELECT '今日は'",
         "[2/5] 0042 2.00 s ShareLock on 注文注文注文 3/7 SELECT '今日は'"},
        {"what moves a cursor", "SELECT '\x1b[2J\x07\xff'", status_of(2s),
         "[2/5] 0042 2.00 s 3/7 SELECT ' [2J ?'", "[2/5] 0042 2.00 s 3/7 SELECT ' [2J ?'",
         "[2/5] 0042 2.00 s 3/7 SELECT ' [2J ?'"},
    };
    const auto migration = migration_of("0042", "add_index");
    for (const auto& row : rows) {
        for (const auto& [columns, expected] :
             {std::pair{40, row.narrow}, std::pair{80, row.usual}, std::pair{200, row.wide}}) {
            const auto lines = lines_on(columns, row.sql, row.status, migration);
            ASSERT_EQ(lines.size(), 2U) << row.what;
            EXPECT_EQ(lines[0], "[2/5] 0042 add_index") << row.what;
            EXPECT_EQ(lines[1], expected) << row.what << " in " << columns;
        }
    }
}

TEST(LiveReplay, LeavesALineForEachMigration) {
    std::ostringstream out;
    StatusLine line(out, nullptr);
    LiveReplay live(line, {});
    const auto migration = migration_of("0042", "add\x1b[31m_index");
    live.migration_begins(0, 2, migration);
    live.statement_begins(1, 1, "SELECT 1");
    live.statement_running(status_of(1s));
    observe::MigrationObservation observed;
    observed.ran = true;
    observed.elapsed = 41s;
    live.migration_ended(0, migration, observed);
    live.migration_begins(1, 2, migration_of("0043", "next"));
    live.migration_ended(1, migration_of("0043", "next"), {});
    EXPECT_EQ(out.str(), "[1/2] 0042 add [31m_index  noisy  41.0 s\n[2/2] 0043 next  not_run\n");
}

}  // namespace
}  // namespace rehearse::cli
