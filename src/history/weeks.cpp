#include "history/weeks.hpp"

#include "rehearse/history/trend.hpp"

#include <algorithm>

namespace rehearse::history {

namespace {

std::string week_of(const Occurrence& occurrence) {
    const auto started = from_iso8601(occurrence.run.started_at);
    return started ? iso_week_of(*started) : "?";
}

}  // namespace

std::vector<Week> weeks_of(const std::vector<Occurrence>& occurrences) {
    const auto timed =
        std::find_if(occurrences.begin(), occurrences.end(),
                     [](const auto& occurrence) { return occurrence.migration.ran_to_end; });
    const auto is_comparable = [&](const Occurrence& occurrence) {
        return occurrence.migration.ran_to_end && are_alike(occurrence, *timed);
    };
    std::vector<Week> weeks;
    for (const auto& occurrence : occurrences) {
        auto name = week_of(occurrence);
        if (weeks.empty() || weeks.back().name != name)
            weeks.push_back({std::move(name), &occurrence});
        auto& week = weeks.back();
        if (!is_comparable(*week.shown) && is_comparable(occurrence)) week.shown = &occurrence;
        ++week.runs;
        if (occurrence.migration.label == "failed") ++week.failed;
    }
    return weeks;
}

}  // namespace rehearse::history
