#include "app/run_history.hpp"

#include "rehearse/base/error.hpp"
#include "rehearse/history/store.hpp"

#include <memory>

namespace rehearse::app {

namespace {

using history::HistoryStore;

// Of an ISO 8601 time.
std::string day_of(const std::string& time) {
    return time.substr(0, time.find('T'));
}

void record(const fs::path& file, const report::Report& report, const fs::path& run_folder) {
    HistoryStore(file, HistoryStore::Access::read_or_write).record(report, run_folder);
}

void warn(Progress& progress, const std::string& why, std::vector<std::string> hints) {
    progress.warn("this run is not in the history: " + why);
    if (hints.empty()) hints = {"Give another folder with --state, or rehearse with --no-history."};
    for (const auto& hint : hints) progress.note("hint: " + hint);
}

}  // namespace

void record_in_history(const fs::path& state_folder, const report::Report& report,
                       const fs::path& run_folder, Progress& progress) {
    try {
        record(history::history_file(state_folder), report, run_folder);
    } catch (const Error& error) {
        warn(progress, error.message(), error.hints());
    } catch (const fs::filesystem_error& error) {
        warn(progress, error.what(), {});
    }
}

ToldBeforeOf told_before(const fs::path& state_folder, const std::string& run_id,
                         Progress& progress) {
    const auto store = [&]() -> std::shared_ptr<HistoryStore> {
        try {
            return std::make_shared<HistoryStore>(history::history_file(state_folder),
                                                  HistoryStore::Access::read_or_write);
        } catch (const Error& error) {
            progress.warn("what was told before is not known: " + error.message());
            return nullptr;
        }
    }();
    return [store, run_id](const history::MigrationKey& key) {
        const auto newest = store ? store->told_before(key, run_id, true) : std::nullopt;
        if (!newest) return ToldBefore{};
        return ToldBefore{true, newest->migration.label != "not_run",
                          store->told_before(key, run_id, false)};
    };
}

void mark_told_weekly(const fs::path& state_folder, const std::string& run_id, Progress& progress) {
    try {
        HistoryStore(history::history_file(state_folder), HistoryStore::Access::read)
            .mark_told_weekly(run_id);
    } catch (const Error& error) {
        progress.warn("the next weekly run will tell the same again: " + error.message());
    }
}

std::map<std::string, report::PreviousRun> previous_reports(const fs::path& state_folder,
                                                            const report::Report& report) {
    std::map<std::string, report::PreviousRun> reports;
    const fs::path file = history::history_file(state_folder);
    if (!fs::exists(file)) return reports;
    try {
        const HistoryStore store(file, HistoryStore::Access::read);
        for (const auto& migration : history::run_of(report, {}).migrations) {
            const auto before = store.previous_run_of(migration.key, report.run_id);
            if (!before) continue;
            const fs::path page = before->run.folder / "report.html";
            if (!fs::exists(page)) continue;
            reports[migration.key.version] = {
                page.string(), before->migration.label + ", " +
                                   format_duration(Millis{before->migration.elapsed_ms}) + " on " +
                                   day_of(before->run.started_at)};
        }
    } catch (const Error&) {
        // Recording this run says what is the matter with the file.
    }
    return reports;
}

}  // namespace rehearse::app
