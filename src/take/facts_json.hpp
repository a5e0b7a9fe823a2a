#pragma once

#include "rehearse/pg/production_facts.hpp"

#include <string>

namespace rehearse::take {

// settings.json, traffic.json and top_queries.json of a bundle.
std::string settings_json(const std::vector<pg::ParameterSetting>& settings,
                          const std::vector<pg::SettingOverride>& overrides);
// With the rates since the statistics were reset, where production tells when that was.
std::string traffic_json(const pg::Traffic& traffic, bool from_replica);
std::string top_queries_json(const pg::TopQueries& top);

}  // namespace rehearse::take
