#include "app/run_history.hpp"

#include "rehearse/app/previous_runs.hpp"
#include "rehearse/base/error.hpp"
#include "rehearse/history/store.hpp"

#include <fstream>

namespace rehearse::app {

namespace {

using history::HistoryStore;

// Of an ISO 8601 time.
std::string day_of(const std::string& time) {
    return time.substr(0, time.find('T'));
}

// A fault of the history, or of the folders that it names, is no fault of the run.
template <typename Use, typename Tell>
void or_tell(Use use, Tell tell) {
    try {
        use();
    } catch (const Error& error) {
        tell(error.message());
    } catch (const fs::filesystem_error& error) {
        tell(error.what());
    }
}

// Another run may have written to the same folder meanwhile: --out gives all of them one. The
// report names its run at its beginning.
bool holds_report_of(const history::RunFacts& run) {
    constexpr std::size_t kBeginning = 1'024;
    std::string text(kBeginning, '\0');
    std::ifstream report(run.folder / "report.json", std::ios::binary);
    report.read(text.data(), static_cast<std::streamsize>(text.size()));
    return text.find('"' + run.run_id + '"') != std::string::npos;
}

// Empty where there is none.
std::string page_of(const history::RunFacts& run, const fs::path& run_folder) {
    const fs::path page = run.folder / "report.html";
    std::error_code ignored;
    const bool is_written_over = fs::equivalent(run.folder, run_folder, ignored);
    if (is_written_over || !holds_report_of(run) || !fs::exists(page, ignored)) return {};
    return page.string();
}

std::string words_of(const history::Occurrence& before) {
    const auto& [run, migration] = before;
    return migration.label + ", " + format_duration(Millis{migration.elapsed_ms}) + " on " +
           day_of(run.started_at);
}

bool is_run(const history::Occurrence& occurrence) {
    return occurrence.migration.label != "not_run";
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

ToldOfAll told_before(const fs::path& state_folder, const history::Run& run, Progress& progress) {
    ToldOfAll told;
    const auto read_all = [&] {
        const HistoryStore store(history::history_file(state_folder),
                                 HistoryStore::Access::read_or_write);
        for (const auto& migration : run.migrations) {
            auto& [any, was_run, runs] = told.of[migration.key];
            runs = store.told_before(migration.key, run.facts.run_id);
            any = !runs.empty();
            was_run = any && is_run(runs.front());
            std::erase_if(runs, [](const auto& before) { return !is_run(before); });
        }
    };
    or_tell(read_all, [&](const std::string& why) {
        told = {{}, why};
        progress.warn("what was told before is not known: " + why);
    });
    return told;
}

void mark_told_weekly(const fs::path& state_folder, const std::string& run_id, Progress& progress) {
    const auto mark = [&] {
        HistoryStore(history::history_file(state_folder), HistoryStore::Access::read)
            .mark_told_weekly(run_id);
    };
    or_tell(mark, [&](const std::string& why) {
        progress.warn("the next weekly run will tell the same again: " + why);
    });
}

report::PreviousRuns previous_runs(const fs::path& state_folder, const report::Report& report,
                                   const fs::path& run_folder) {
    report::PreviousRuns runs;
    const auto add_all = [&] {
        const fs::path file = history::history_file(state_folder);
        if (!fs::exists(file)) return;
        const HistoryStore store(file, HistoryStore::Access::read);
        for (const auto& migration : report.migrations) {
            const auto before = store.previous_run_of(history::key_of(migration), report.run_id);
            if (!before) continue;
            runs[report::id_of(migration)] = {page_of(before->run, run_folder), words_of(*before)};
        }
    };
    // Recording this run says what is the matter with the file.
    or_tell(add_all, [](const std::string&) {});
    return runs;
}

}  // namespace rehearse::app
