#include "rehearse/history/render.hpp"

#include <nlohmann/json.hpp>

namespace rehearse::history {

namespace {

using Json = nlohmann::ordered_json;

Json json_of(const RunFacts& facts) {
    return {{"run_id", facts.run_id},
            {"started_at", facts.started_at},
            {"finished_at", facts.finished_at},
            {"label", facts.label},
            {"snapshot",
             {{"name", facts.snapshot_name},
              {"taken_at", facts.snapshot_taken_at},
              {"sha256", facts.snapshot_sha256}}},
            {"scratch", {{"engine", facts.engine}, {"server_version", facts.server_version}}},
            {"thresholds", {{"noisy_ms", facts.noisy_ms}, {"rethink_ms", facts.rethink_ms}}},
            {"folder", facts.folder.string()}};
}

Json json_of(const MigrationFigures& figures) {
    return {{"version", figures.key.version},
            {"name", figures.key.name},
            {"path", figures.key.path},
            {"in_change", figures.in_change},
            {"label", figures.label},
            {"elapsed_ms", figures.elapsed_ms},
            {"because", figures.because},
            {"strongest_lock", figures.strongest_lock},
            {"longest_blocked_ms", figures.longest_blocked_ms},
            {"rewritten_bytes", figures.rewritten_bytes},
            {"wal_bytes", figures.wal_bytes},
            {"largest_table", figures.largest_table},
            {"largest_table_bytes", figures.largest_table_bytes},
            {"sql_id", figures.sql_id}};
}

Json json_of(const Run& run) {
    auto json = json_of(run.facts);
    json["elapsed_ms"] = elapsed_ms(run);
    json["count_by_label"] = count_by_label(run);
    json["migrations"] = Json::array();
    for (const auto& migration : run.migrations) json["migrations"].push_back(json_of(migration));
    return json;
}

Json json_of(const Occurrence& occurrence) {
    auto json = json_of(occurrence.run);
    json["migration"] = json_of(occurrence.migration);
    return json;
}

Json slopes_of(const Line& line) {
    return {{"estimate", line.estimate.slope},
            {"lowest", line.lowest.slope},
            {"highest", line.highest.slope},
            {"is_clear", line.is_clear()}};
}

Json json_of(const Trend& trend, double limit_ms) {
    Json json = {
        {"limit_ms", limit_ms}, {"at", nullptr}, {"earliest", nullptr}, {"latest", nullptr}};
    if (const auto crossing = crossing_of(trend, limit_ms)) {
        json["at"] = to_iso8601(crossing->at);
        json["earliest"] = to_iso8601(crossing->earliest);
        if (crossing->latest) json["latest"] = to_iso8601(*crossing->latest);
    }
    return json;
}

Json json_of(const Trend& trend, const RunFacts& newest) {
    Json json = {{"snapshots", trend.elapsed.samples},
                 {"runs_left_out", trend.left_out},
                 {"first_taken_at", to_iso8601(trend.first)},
                 {"last_taken_at", to_iso8601(trend.last)},
                 {"ms_a_week", slopes_of(trend.elapsed)},
                 {"horizon", to_iso8601(horizon_of(trend))},
                 {"crosses",
                  {{"noisy", json_of(trend, newest.noisy_ms)},
                   {"rethink", json_of(trend, newest.rethink_ms)}}},
                 {"table", nullptr}};
    if (trend.table_bytes) {
        json["table"] = {{"relation", trend.table},
                         {"bytes_a_week", slopes_of(*trend.table_bytes)},
                         {"ms_a_byte", trend.elapsed_by_size ? slopes_of(*trend.elapsed_by_size)
                                                             : Json(nullptr)}};
    }
    return json;
}

// Names come from the outside and may not be UTF-8.
std::string printed(const Json& json) {
    return json.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace

std::string runs_json(const std::vector<Run>& runs) {
    Json list = Json::array();
    for (const auto& run : runs) list.push_back(json_of(run));
    return printed({{"runs", list}});
}

std::string migration_json(const std::vector<Occurrence>& occurrences, std::size_t last) {
    const auto& newest = occurrences.front();
    const auto& key = newest.migration.key;
    Json list = Json::array();
    for (std::size_t i = 0; i < std::min(last, occurrences.size()); ++i) {
        list.push_back(json_of(occurrences[i]));
    }
    const auto trend = trend_of(occurrences);
    return printed({{"version", key.version},
                    {"name", key.name},
                    {"path", key.path},
                    {"runs", list},
                    {"trend", trend ? json_of(*trend, newest.run) : Json(nullptr)}});
}

}  // namespace rehearse::history
