#include "take/facts_json.hpp"

#include <nlohmann/json.hpp>

namespace rehearse::take {

namespace {

using Json = nlohmann::ordered_json;

Json text_or_null(const std::string& text) {
    return text.empty() ? Json(nullptr) : Json(text);
}

std::string written(const Json& json) {
    // A query text may be cut inside a character.
    return json.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

Json rates_of(const pg::TableTraffic& table, double seconds) {
    const auto rate = [seconds](std::int64_t count) {
        return static_cast<double>(count) / seconds;
    };
    return {{"seq_scans", rate(table.seq_scans)},
            {"idx_scans", rate(table.idx_scans)},
            {"inserted", rate(table.inserted)},
            {"updated", rate(table.updated)},
            {"deleted", rate(table.deleted)}};
}

}  // namespace

std::string settings_json(const std::vector<pg::ParameterSetting>& settings,
                          const std::vector<pg::SettingOverride>& overrides) {
    Json parameters = Json::object();
    for (const auto& setting : settings) {
        parameters[setting.name] = {{"value", setting.value},
                                    {"unit", text_or_null(setting.unit)},
                                    {"source", setting.source}};
    }
    Json list = Json::array();
    for (const auto& one : overrides) {
        list.push_back({{"role", text_or_null(one.role)},
                        {"database", text_or_null(one.database)},
                        {"name", one.name},
                        {"value", one.value}});
    }
    return written({{"parameters", std::move(parameters)}, {"overrides", std::move(list)}});
}

std::string traffic_json(const pg::Traffic& traffic, bool from_replica) {
    const bool has_rates = traffic.since_reset_s && *traffic.since_reset_s > 0;
    Json tables = Json::array();
    for (const auto& table : traffic.tables) {
        tables.push_back(
            {{"schema", table.table.schema},
             {"table", table.table.name},
             {"live_rows", table.live_rows},
             {"table_bytes", table.table_bytes},
             {"index_bytes", table.index_bytes},
             {"seq_scans", table.seq_scans},
             {"idx_scans", table.idx_scans},
             {"inserted", table.inserted},
             {"updated", table.updated},
             {"deleted", table.deleted},
             {"per_second", has_rates ? rates_of(table, *traffic.since_reset_s) : Json(nullptr)}});
    }
    return written(
        {{"from_replica", from_replica},
         {"reset_at", text_or_null(traffic.reset_at)},
         {"since_reset_s", traffic.since_reset_s ? Json(*traffic.since_reset_s) : Json(nullptr)},
         {"tables", std::move(tables)}});
}

std::string top_queries_json(const pg::TopQueries& top) {
    if (!top.unavailable.empty())
        return written({{"available", false}, {"reason", top.unavailable}});
    Json queries = Json::array();
    for (const auto& query : top.queries) {
        queries.push_back({{"query_id", query.query_id},
                           {"query", query.query},
                           {"calls", query.calls},
                           {"total_ms", query.total_ms},
                           {"mean_ms", query.mean_ms},
                           {"rows", query.rows}});
    }
    return written({{"available", true},
                    {"reset_at", text_or_null(top.reset_at)},
                    {"queries", std::move(queries)}});
}

}  // namespace rehearse::take
