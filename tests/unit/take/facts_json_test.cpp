#include "take/facts_json.hpp"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace rehearse::take {
namespace {

using nlohmann::json;

TEST(FactsJson, SettingsHaveUnitsAndOverrides) {
    const auto settings = json::parse(
        settings_json({{"work_mem", "4096", "kB", "default"}, {"jit", "on", "", "user"}},
                      {{"app", "", "work_mem", "64MB"}}));
    EXPECT_EQ(settings["parameters"]["work_mem"],
              json({{"value", "4096"}, {"unit", "kB"}, {"source", "default"}}));
    EXPECT_EQ(settings["parameters"]["jit"]["unit"], nullptr);
    EXPECT_EQ(
        settings["overrides"],
        json::array(
            {{{"role", "app"}, {"database", nullptr}, {"name", "work_mem"}, {"value", "64MB"}}}));
}

TEST(FactsJson, RatesNeedTheTimeOfTheReset) {
    pg::Traffic traffic;
    traffic.tables.emplace_back();
    traffic.tables[0].table = {"public", "users"};
    traffic.tables[0].inserted = 30;
    EXPECT_EQ(json::parse(traffic_json(traffic, true))["tables"][0]["per_second"], nullptr);
    EXPECT_EQ(json::parse(traffic_json(traffic, true))["from_replica"], true);
    traffic.reset_at = "2026-11-22T00:00:00Z";
    traffic.since_reset_s = 60;
    const auto told = json::parse(traffic_json(traffic, false));
    EXPECT_EQ(told["tables"][0]["per_second"]["inserted"], 0.5);
    EXPECT_EQ(told["reset_at"], "2026-11-22T00:00:00Z");
}

TEST(FactsJson, QueriesMayBeCutInsideACharacter) {
    pg::TopQueries top;
    top.queries.push_back({"-12", "SELECT '\xc3", 3, 1.5, 0.5, 7});
    const auto told = json::parse(top_queries_json(top));
    EXPECT_EQ(told["available"], true);
    EXPECT_EQ(told["queries"][0]["query"], "SELECT '\xef\xbf\xbd");
    EXPECT_EQ(told["queries"][0]["rows"], 7);
}

TEST(FactsJson, QueriesThatAreNotThereHaveAReason) {
    pg::TopQueries top;
    top.unavailable = "not loaded";
    EXPECT_EQ(json::parse(top_queries_json(top)),
              json({{"available", false}, {"reason", "not loaded"}}));
}

}  // namespace
}  // namespace rehearse::take
