#include "rehearse/app/snapshots.hpp"

#include "rehearse/base/error.hpp"
#include "rehearse/base/files.hpp"
#include "rehearse/scratch/engine.hpp"

#include <algorithm>

namespace rehearse::app {

namespace {

// An older one that is whole is no answer to whether the newest is. What is still being written is
// not what was asked about.
void require_newest(const snapshot::Choice& choice, Progress& progress) {
    const auto is_broken = [](const snapshot::Skipped& one) {
        return !one.why.starts_with("still being written");
    };
    const auto broken = std::find_if(choice.skipped.begin(), choice.skipped.end(), is_broken);
    if (broken != choice.skipped.end()) {
        throw Error(ErrorKind::snapshot,
                    "the newest snapshot, " + broken->name + ", cannot be used: " + broken->why,
                    {"Verify the one before it by its name: rehearse snapshot verify " +
                     choice.snapshot.name});
    }
    for (const auto& one : choice.skipped) progress.warn(one.name + " was passed over: " + one.why);
}

}  // namespace

VerifiedSnapshot verify_snapshot(const std::string& wanted, const std::filesystem::path& place,
                                 process::ProcessRunner& runner, Progress& progress) {
    auto choice =
        snapshot::find_snapshot_anywhere(wanted, place, default_cache_folder(), runner, progress);
    require_newest(choice, progress);
    const auto& found = choice.snapshot;
    if (found.manifest) {
        progress.begin("comparing " + found.name + " with its manifest");
        const auto fault = content_fault(*found.manifest, found.bundle, runner, &progress);
        if (!fault.empty()) {
            throw Error(ErrorKind::snapshot, "cannot use " + found.bundle.string() + ": " + fault,
                        {"Copy it again from where it was made, or take a new one: "
                         "rehearse snapshot take."});
        }
        progress.end(std::to_string(found.manifest->files.size()) + " files");
    }
    auto sha256 = snapshot::sha256_of(choice.snapshot, runner);
    return {std::move(choice.snapshot), std::move(sha256)};
}

take::Taken take_snapshot(take::TakeOptions options, process::ProcessRunner& runner,
                          Progress& progress) {
    options.tool_version = REHEARSE_VERSION;
    return take::take_snapshot(options, runner, progress);
}

std::vector<std::string> sweep_leftovers(process::ProcessRunner& runner) {
    auto removed = scratch::sweep(default_temp_folder(), runner);
    for (auto& folder : take::sweep_staging()) removed.push_back(std::move(folder));
    return removed;
}

}  // namespace rehearse::app
