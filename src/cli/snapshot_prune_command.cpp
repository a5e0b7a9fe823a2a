#include "rehearse/app/snapshots.hpp"

#include "cli/options.hpp"
#include "cli/terminal.hpp"

namespace rehearse::cli {

namespace {

int prune(const snapshot::PruneOptions& options, Context context) {
    const auto [removed, failure] =
        snapshot::prune_snapshots(options, context.runner, context.progress);
    std::string text;
    for (const auto& one : removed)
        text += (options.dry_run ? "would remove " : "removed ") + one + "\n";
    print(text);
    if (failure) throw *failure;
    if (removed.empty()) context.progress.note("nothing to remove");
    return 0;
}

}  // namespace

void add_snapshot_prune_command(CLI::App& snapshot, const RunOptionsPtr& run, Command& chosen) {
    auto& command =
        add_command(snapshot, "prune", "Remove all but the newest bundles that 'take' wrote",
                    "rehearse snapshot prune --snapshots /srv/dumps --keep 4");
    command.fallthrough();
    const auto options = std::make_shared<snapshot::PruneOptions>();
    command.add_option("--keep", options->keep, "How many of the newest complete ones stay")
        ->type_name("N")
        ->check(CLI::Range(1, 100000))
        ->required();
    command.add_flag("--dry-run", options->dry_run, "Only say what would be removed");
    command.callback([run, options, &chosen] {
        options->place = run->rehearsal.snapshots;
        chosen = [options](Context context) { return prune(*options, context); };
    });
}

}  // namespace rehearse::cli
