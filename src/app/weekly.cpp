#include "rehearse/app/weekly.hpp"

#include "rehearse/base/error.hpp"
#include "rehearse/base/files.hpp"
#include "rehearse/base/text.hpp"
#include "rehearse/publish/webhook.hpp"

#include "app/prune_runs.hpp"
#include "app/run_history.hpp"
#include "app/weekly_news.hpp"

namespace rehearse::app {

namespace {

using Lines = std::vector<std::string>;

void check_options(const WeeklyOptions& options) {
    if (!options.webhook.empty()) publish::check_webhook(options.webhook);
    if (!options.rehearsal.keep_history) {
        throw Error(ErrorKind::usage, "the weekly job compares with the history",
                    {"Leave out --no-history, also in rehearse.toml."});
    }
    if (options.rehearsal.keep_scratch) {
        throw Error(ErrorKind::usage, "the weekly job keeps no scratch: nobody would remove it",
                    {"Leave out --keep-scratch, or use it with 'rehearse run'."});
    }
}

FileLock lock_of(const fs::path& state) {
    make_private_folder(state);
    auto lock = FileLock::try_lock(state / "weekly.lock");
    if (!lock) {
        throw Error(ErrorKind::usage, "another weekly job is running in " + state.string(),
                    {"Wait for its end, or give this one a state folder of its own with --state."});
    }
    return std::move(*lock);
}

// A channel takes no text of any length.
std::string notice_of(Lines lines) {
    constexpr std::size_t kMost = 40;
    if (lines.size() > kMost) {
        const auto more = lines.size() - kMost;
        lines.resize(kMost);
        lines.push_back("and " + std::to_string(more) + " more");
    }
    return "rehearse, weekly:\n" + join(lines, "\n");
}

// Why the webhook did not take it; nullopt where it did, or there is none.
std::optional<Error> post(const std::string& webhook, const std::string& notice) {
    if (webhook.empty()) return std::nullopt;
    try {
        publish::post_to_webhook(webhook, notice);
    } catch (const Error& error) {
        return error;
    }
    return std::nullopt;
}

// A server's or rclone's message may have what only the job's owner may see.
std::string public_words_of(const Error& error) {
    switch (error.kind()) {
        case ErrorKind::snapshot:
            return "the snapshot could not be found, read or restored";
        case ErrorKind::internal:
            return "a fault of rehearse";
        default:
            return error.message();
    }
}

void tell_of_failure(const WeeklyOptions& options, const Error& error, Progress& progress,
                     const Tell& tell) {
    if (error.kind() == ErrorKind::interrupted) return;
    const auto line = "nothing was rehearsed: " + public_words_of(error) + " (exit code " +
                      std::to_string(exit_code_of(error.kind())) + "; the job's messages say more)";
    tell({line});
    if (const auto undelivered = post(options.webhook, notice_of({line})))
        progress.warn(undelivered->message());
}

void tell_news(WeeklyResult& result, const WeeklyOptions& options, const fs::path& state,
               Progress& progress, const Tell& tell) {
    const auto& [report, folder, previous, kept] = result.rehearsal;
    const auto run = history::run_of(report, folder);
    const auto news = weekly_news(report, run, told_before(state, run, progress));
    result.is_news = !news.empty();
    if (result.is_news) {
        tell(news);
        result.undelivered = post(
            options.webhook, notice_of(news) + "\nreport: " + (folder / "report.html").string());
    }
    if (!result.undelivered) mark_told_weekly(state, report.run_id, progress);
}

}  // namespace

WeeklyResult rehearse_weekly(const WeeklyOptions& options, process::ProcessRunner& runner,
                             Progress& progress, replay::ReplayListener& listener,
                             const Tell& tell) {
    check_options(options);
    const fs::path state = state_folder_of(options.rehearsal);
    std::optional<FileLock> lock;
    WeeklyResult result;
    try {
        lock.emplace(lock_of(state));
        result.rehearsal = rehearse_migrations(options.rehearsal, runner, progress, listener);
    } catch (const Error& error) {
        tell_of_failure(options, error, progress, tell);
        throw;
    } catch (const std::exception& error) {
        tell_of_failure(options, Error(ErrorKind::internal, error.what()), progress, tell);
        throw;
    }
    tell_news(result, options, state, progress, tell);
    result.removed =
        prune_runs(state / "runs", options.keep_runs, result.rehearsal.report.run_id, progress);
    return result;
}

}  // namespace rehearse::app
