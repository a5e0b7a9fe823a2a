#include "app/weekly_news.hpp"

#include "rehearse/base/text.hpp"
#include "rehearse/base/time.hpp"
#include "rehearse/pg/types.hpp"
#include "rehearse/report/layout.hpp"

#include "app/warnings.hpp"
#include "app/weekly_labels.hpp"

#include <cmath>

namespace rehearse::app {

namespace {

using history::MigrationFigures;
using history::Occurrence;
using history::RunFacts;

// A file's name may be of any length and of any bytes.
std::string title_of(const MigrationFigures& migration) {
    constexpr std::size_t kLongest = 100;
    return report::shortened_in_middle(report::printable(migration.key.title()), kLongest);
}

// "last week" where it was; else the day.
std::string since(const RunFacts& previous, const RunFacts& now) {
    const auto before = from_iso8601(previous.started_at);
    const auto after = from_iso8601(now.started_at);
    if (before && after) {
        const std::chrono::duration<double, std::ratio<86'400>> apart = *after - *before;
        if (apart.count() > 5 && apart.count() < 9) return "last week";
    }
    return previous.started_at.substr(0, std::string_view{"2026-11-27"}.size());
}

int major_of(const RunFacts& run) {
    const auto version = pg::ServerVersion::parse(run.server_version);
    return version ? version->major() : 0;
}

// What else is another than it was, and may be the cause.
std::vector<std::string> differences(const Occurrence& before, const MigrationFigures& migration,
                                     const RunFacts& now) {
    std::vector<std::string> words;
    if (before.migration.ran_to_end && migration.ran_to_end &&
        before.migration.sql_id != migration.sql_id)
        words.emplace_back("its SQL changed");
    if (before.run.noisy_ms != now.noisy_ms || before.run.rethink_ms != now.rethink_ms)
        words.emplace_back("other limits");
    if (before.run.engine != now.engine)
        words.push_back(now.engine + " instead of " + before.run.engine);
    if (major_of(before.run) != major_of(now))
        words.push_back("PostgreSQL " + now.server_version + " instead of " +
                        before.run.server_version);
    return words;
}

std::string change_line(const Occurrence& before, const MigrationFigures& migration,
                        const RunFacts& now) {
    auto words = differences(before, migration, now);
    if (!migration.ran_to_end) {
        words.insert(words.begin(), migration.because);
    } else if (before.migration.ran_to_end) {
        words.insert(words.begin(), format_duration(Millis{before.migration.elapsed_ms}) + " -> " +
                                        format_duration(Millis{migration.elapsed_ms}));
    }
    return title_of(migration) + ": " + before.migration.label + " -> " + migration.label +
           " since " + since(before.run, now) +
           (words.empty() ? "" : " (" + join(words, "; ") + ")");
}

std::string new_line(const MigrationFigures& migration, bool is_first_run) {
    return title_of(migration) + ": " + (is_first_run ? "" : "new, ") + migration.label + ", " +
           migration.because;
}

}  // namespace

std::vector<std::string> weekly_news(const report::Report& report, const history::Run& now,
                                     const ToldOfAll& told) {
    std::vector<std::string> news;
    if (!told.unknown_because.empty())
        news.push_back("what was told before is not known: " + told.unknown_because);
    std::vector<const MigrationFigures*> fresh;
    std::size_t not_run = 0;
    bool is_first_run = true;
    for (const auto& migration : now.migrations) {
        const auto found = told.of.find(migration.key);
        const auto before = found != told.of.end() ? found->second : ToldBefore{};
        const auto* known = known_run(before.runs);
        is_first_run = is_first_run && !before.any;
        if (migration.label == "not_run") {
            // The matter of its cause, and told as a number only.
            if (before.was_run) ++not_run;
        } else if (known == nullptr) {
            if (migration.label != "ok") fresh.push_back(&migration);
        } else if (is_worth_telling(*known, before.runs, {now.facts, migration})) {
            news.push_back(change_line(*known, migration, now.facts));
        }
    }
    for (const auto* migration : fresh) news.push_back(new_line(*migration, is_first_run));
    if (not_run > 0) {
        news.push_back(std::to_string(not_run) + (not_run == 1
                                                      ? " migration that was run then was not"
                                                      : " migrations that were run then were not"));
    }
    if (report.snapshot.age_days > kStaleAfterDays) {
        news.push_back("the newest snapshot is " +
                       std::to_string(std::lround(report.snapshot.age_days)) + " days old (" +
                       report::printable(report.snapshot.name) + "): see what became of its job");
    }
    return news;
}

}  // namespace rehearse::app
