#include "rehearse/app/snapshots.hpp"
#include "rehearse/base/size.hpp"

#include "cli/commands.hpp"
#include "cli/terminal.hpp"

#include <cstdio>

namespace rehearse::cli {

namespace {

std::string line_of(const snapshot::Snapshot& snapshot) {
    char age[32];
    std::snprintf(age, sizeof age, "%.1f days old", snapshot.age_days(WallClock::now()));
    std::string text = snapshot.name + "  " + to_iso8601(snapshot.taken_at) + " (" + age + ")  " +
                       std::string{to_string(snapshot.format)} + "  " +
                       format_bytes(snapshot.size_bytes);
    if (snapshot.server_version.number != 0)
        text += "  PostgreSQL " + snapshot.server_version.text();
    if (!snapshot.database.empty()) text += "  " + snapshot.database;
    return text + "\n";
}

}  // namespace

int run_snapshot_list(const SnapshotOptions& options, Context context) {
    const auto found = snapshot::list_snapshots(options.place, context.progress);
    std::string text;
    for (const auto& snapshot : found.complete) text += line_of(snapshot);
    print(text);
    for (const auto& skipped : found.skipped) {
        context.progress.warn(skipped.name + " was passed over: " + skipped.why);
    }
    if (found.complete.empty()) context.progress.note("no complete snapshot in " + options.place);
    return 0;
}

int run_snapshot_verify(const SnapshotOptions& options, Context context) {
    const auto verified =
        app::verify_snapshot(options.wanted, options.place, context.runner, context.progress);
    print(line_of(verified.snapshot) + "sha256 " + verified.sha256 + "\n");
    return 0;
}

}  // namespace rehearse::cli
