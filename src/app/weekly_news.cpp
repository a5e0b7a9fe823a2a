#include "app/weekly_news.hpp"

#include "rehearse/base/time.hpp"

#include "app/warnings.hpp"

#include <algorithm>
#include <cmath>

namespace rehearse::app {

namespace {

using history::MigrationFigures;

// "last week" where it was; else the day.
std::string since(const history::Run& previous, const history::Run& now) {
    const auto before = from_iso8601(previous.facts.started_at);
    const auto after = from_iso8601(now.facts.started_at);
    if (before && after) {
        const std::chrono::duration<double, std::ratio<86'400>> apart = *after - *before;
        if (apart.count() > 5 && apart.count() < 9) return "last week";
    }
    return previous.facts.started_at.substr(0, std::string_view{"2026-11-27"}.size());
}

std::string change_line(const history::LabelChange& change, const std::string& since) {
    auto line = change.key.title() + ": " + change.before + " -> " + change.now + " since " + since;
    if (change.before != "not_run") {
        line += " (" + format_duration(Millis{change.elapsed_before_ms}) + " -> " +
                format_duration(Millis{change.elapsed_now_ms}) +
                (change.sql_changed ? "; its SQL changed" : "") + ")";
    }
    return line;
}

// Where it failed and by what rule of the server; its message may quote a row.
std::string why(const report::Report& report, const MigrationFigures& figures) {
    for (const auto& migration : report.migrations) {
        if (migration.path != figures.key.path || !migration.error) continue;
        return migration.error->sqlstate + " at line " + std::to_string(migration.error->line);
    }
    return figures.because;
}

// What was not run is the matter of its cause, and told as a number only.
bool is_news(const history::LabelChange& change) {
    return change.now != "not_run" && (change.before != "not_run" || change.now != "ok");
}

bool is_news_when_new(const MigrationFigures& migration) {
    return migration.label != "ok" && migration.label != "not_run";
}

using News = std::vector<std::string>;

void add_changes(News& news, const std::vector<history::LabelChange>& changes,
                 const std::string& since) {
    for (const auto& change : changes) {
        if (is_news(change)) news.push_back(change_line(change, since));
    }
}

void add_new(News& news, const report::Report& report, const std::optional<history::Run>& previous,
             const history::Run& now) {
    for (const auto& migration : now.migrations) {
        const auto is_it = [&](const MigrationFigures& other) {
            return other.key == migration.key;
        };
        const bool is_new = !previous || std::none_of(previous->migrations.begin(),
                                                      previous->migrations.end(), is_it);
        if (!is_new || !is_news_when_new(migration)) continue;
        news.push_back(migration.key.title() + ": " + (previous ? "new, " : "") + migration.label +
                       ", " + why(report, migration));
    }
}

void add_count_of_not_run(News& news, const std::vector<history::LabelChange>& changes) {
    const auto count = std::count_if(changes.begin(), changes.end(),
                                     [](const auto& change) { return change.now == "not_run"; });
    if (count == 0) return;
    news.push_back(std::to_string(count) + (count == 1
                                                ? " migration that was run then was not"
                                                : " migrations that were run then were not"));
}

void add_stale_snapshot(News& news, const report::SnapshotPart& snapshot) {
    if (snapshot.age_days <= kStaleAfterDays) return;
    news.push_back("the newest snapshot is " + std::to_string(std::lround(snapshot.age_days)) +
                   " days old (" + snapshot.name + "): see what became of its job");
}

}  // namespace

std::vector<std::string> weekly_news(const report::Report& report,
                                     const std::optional<history::Run>& previous,
                                     const history::Run& now) {
    News news;
    const auto changes =
        previous ? label_changes(*previous, now) : std::vector<history::LabelChange>{};
    if (previous) add_changes(news, changes, since(*previous, now));
    add_new(news, report, previous, now);
    add_count_of_not_run(news, changes);
    add_stale_snapshot(news, report.snapshot);
    return news;
}

}  // namespace rehearse::app
