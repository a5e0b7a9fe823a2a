#include "app/record_in_history.hpp"

#include "rehearse/base/error.hpp"
#include "rehearse/history/store.hpp"

namespace rehearse::app {

namespace {

void record(const fs::path& file, const report::Report& report, const fs::path& run_folder) {
    using history::HistoryStore;
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

}  // namespace rehearse::app
