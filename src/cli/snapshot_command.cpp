#include "rehearse/app/snapshots.hpp"
#include "rehearse/base/size.hpp"

#include "cli/options.hpp"
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

int list_snapshots(const std::string& place, Context context) {
    const auto found = snapshot::list_snapshots(place, context.progress);
    std::string text;
    for (const auto& snapshot : found.complete) text += line_of(snapshot);
    print(text);
    for (const auto& skipped : found.skipped) {
        context.progress.warn(skipped.name + " was passed over: " + skipped.why);
    }
    if (found.complete.empty()) context.progress.note("no complete snapshot in " + place);
    return 0;
}

int verify_snapshot(const std::string& wanted, const std::string& place, Context context) {
    const auto verified = app::verify_snapshot(wanted, place, context.runner, context.progress);
    print(line_of(verified.snapshot) + "sha256 " + verified.sha256 + "\n");
    return 0;
}

}  // namespace

void add_snapshot_commands(CLI::App& app, const RunOptionsPtr& run, Command& chosen) {
    auto& snapshot = add_command(app, "snapshot", "Take, list, verify and prune snapshots",
                                 "rehearse snapshot list --snapshots /srv/dumps");
    snapshot.require_subcommand(1);
    snapshot.fallthrough();

    add_snapshot_take_command(snapshot, run, chosen);

    auto& list = add_command(snapshot, "list", "The complete snapshots of a place, newest first",
                             "rehearse snapshot list --snapshots /srv/dumps");
    list.fallthrough();
    list.callback([run, &chosen] {
        chosen = [run](Context context) {
            return list_snapshots(run->rehearsal.snapshots, context);
        };
    });

    auto& verify = add_command(snapshot, "verify",
                               "Read a snapshot as a rehearsal would, and print its checksum",
                               "rehearse snapshot verify latest --snapshots /srv/dumps");
    const auto wanted = std::make_shared<std::string>("latest");
    verify.add_option("SNAPSHOT", *wanted, "latest, latest~N, a name or a path [latest]");
    verify.fallthrough();
    verify.callback([run, wanted, &chosen] {
        chosen = [run, wanted](Context context) {
            return verify_snapshot(*wanted, run->rehearsal.snapshots, context);
        };
    });
    add_snapshot_prune_command(snapshot, run, chosen);
}

}  // namespace rehearse::cli
