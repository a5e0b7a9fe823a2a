#pragma once

#include "rehearse/history/run.hpp"

#include <map>
#include <string>
#include <vector>

namespace rehearse::app {

// What the team was told of a migration so far.
struct ToldBefore {
    bool any = false;                       // of some run with this migration
    bool was_run = false;                   // the newest of these runs ran it
    std::vector<history::Occurrence> runs;  // in which it was run, newest first
};

struct ToldOfAll {
    std::map<history::MigrationKey, ToldBefore> of;
    std::string unknown_because;  // why the history cannot tell; nothing is known then
};

// What the team is to hear of a run, a line each; empty where nothing changed: labels that are
// others than the last time (weekly_labels.hpp says when), new migrations that are not ok, a stale
// snapshot, a history that cannot be read. No row's values.
std::vector<std::string> weekly_news(const report::Report& report, const history::Run& now,
                                     const ToldOfAll& told);

}  // namespace rehearse::app
