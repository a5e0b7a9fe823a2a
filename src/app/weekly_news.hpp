#pragma once

#include "rehearse/history/run.hpp"

#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace rehearse::app {

// What the team was last told of a migration.
struct ToldBefore {
    bool any = false;                         // it was told of some run with this migration
    bool was_run = false;                     // the newest of these runs ran it
    std::optional<history::Occurrence> last;  // the newest in which it was run
};

using ToldBeforeOf = std::function<ToldBefore(const history::MigrationKey&)>;

// What the team is to hear of a run, a line each; empty where nothing changed: labels that are
// others than the last time, new migrations that are not ok, a stale snapshot. No row's values.
std::vector<std::string> weekly_news(const report::Report& report, const history::Run& now,
                                     const ToldBeforeOf& told_before);

}  // namespace rehearse::app
