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

FileLock lock_of(const fs::path& state) {
    make_private_folder(state);
    auto lock = FileLock::try_lock(state / "weekly.lock");
    if (!lock) {
        throw Error(ErrorKind::usage, "another weekly job is running in " + state.string(),
                    {"Wait for its end, or give this one a state folder of its own with --state."});
    }
    return std::move(*lock);
}

std::string notice_of(const std::vector<std::string>& lines) {
    return "rehearse, weekly:\n" + join(lines, "\n");
}

// Why it was not delivered; nullopt where it was, or there was nothing to tell.
std::optional<Error> tell(const std::string& webhook, std::vector<std::string> news,
                          const fs::path& folder) {
    if (news.empty() || webhook.empty()) return std::nullopt;
    news.push_back("report: " + (folder / "report.html").string());
    try {
        publish::post_to_webhook(webhook, notice_of(news));
    } catch (const Error& error) {
        return error;
    }
    return std::nullopt;
}

RehearsalResult rehearse_or_tell(const WeeklyOptions& options, process::ProcessRunner& runner,
                                 Progress& progress, replay::ReplayListener& listener) {
    try {
        return rehearse_migrations(options.rehearsal, runner, progress, listener);
    } catch (const Error& error) {
        const bool is_news = error.kind() != ErrorKind::interrupted && !options.webhook.empty();
        if (!is_news) throw;
        try {
            publish::post_to_webhook(options.webhook,
                                     notice_of({"nothing was rehearsed: " + error.message()}));
        } catch (const Error& undelivered) {
            progress.warn(undelivered.message());
        }
        throw;
    }
}

}  // namespace

WeeklyResult rehearse_weekly(const WeeklyOptions& options, process::ProcessRunner& runner,
                             Progress& progress, replay::ReplayListener& listener) {
    if (!options.webhook.empty()) publish::check_webhook(options.webhook);
    const fs::path state = state_folder_of(options.rehearsal);
    const FileLock lock = lock_of(state);
    WeeklyResult result{rehearse_or_tell(options, runner, progress, listener), {}, {}, {}};

    const auto& [report, folder, kept] = result.rehearsal;
    const auto now = history::run_of(report, folder);
    result.news = weekly_news(report, weekly_run_before(now, state, progress), now);
    result.removed = prune_runs(state / "runs", options.keep_runs);
    result.undelivered = tell(options.webhook, result.news, folder);
    if (!result.undelivered) mark_told_weekly(state, report.run_id, progress);
    return result;
}

}  // namespace rehearse::app
