#include "rehearse/app/snapshots.hpp"
#include "rehearse/base/size.hpp"

#include "cli/options.hpp"
#include "cli/terminal.hpp"

#include <cstdio>

namespace rehearse::cli {

namespace {

std::string time_and_age(WallClock::time_point taken_at) {
    using Days = std::chrono::duration<double, std::ratio<86400>>;
    char age[32];
    std::snprintf(age, sizeof age, "%.1f days old", Days(WallClock::now() - taken_at).count());
    return to_iso8601(taken_at) + " (" + age + ")";
}

std::string line_of(const snapshot::Snapshot& snapshot) {
    std::string text = snapshot.name + "  " + time_and_age(snapshot.taken_at) + "  " +
                       std::string{to_string(snapshot.format)} + "  " +
                       format_bytes(snapshot.size_bytes);
    if (snapshot.server_version.number != 0)
        text += "  PostgreSQL " + snapshot.server_version.text();
    if (!snapshot.database.empty()) text += "  " + snapshot.database;
    return text + "\n";
}

std::string line_of(const snapshot::RemoteSnapshot& snapshot) {
    std::string text = snapshot.name + "  " + time_and_age(snapshot.taken_at) + "  " +
                       (snapshot.size_bytes ? format_bytes(*snapshot.size_bytes) : "size unknown");
    if (const auto& manifest = snapshot.manifest)
        text += "  PostgreSQL " + manifest->server_version.text() + "  " + manifest->database;
    return text + "\n";
}

template <typename List>
int print_list(const List& found, const std::string& place, Context context) {
    std::string text;
    for (const auto& snapshot : found.complete) text += line_of(snapshot);
    print(text);
    for (const auto& skipped : found.skipped) {
        context.progress.warn(skipped.name + " was passed over: " + skipped.why);
    }
    if (found.complete.empty()) context.progress.note("no complete snapshot in " + place);
    return 0;
}

int list_snapshots(const std::string& place, Context context) {
    if (!snapshot::is_remote(place))
        return print_list(snapshot::list_snapshots(place, context.progress), place, context);
    const auto found = snapshot::list_remote(place, context.runner);
    for (const auto& folder : found.foreign)
        context.progress.note(folder + " is no bundle: it has no manifest.json");
    return print_list(found, place, context);
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
