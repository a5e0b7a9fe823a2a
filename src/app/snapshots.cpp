#include "rehearse/app/snapshots.hpp"

#include "rehearse/base/error.hpp"
#include "rehearse/base/files.hpp"
#include "rehearse/scratch/engine.hpp"

namespace rehearse::app {

VerifiedSnapshot verify_snapshot(const std::string& wanted, const std::filesystem::path& place,
                                 process::ProcessRunner& runner, Progress& progress) {
    auto choice =
        snapshot::find_snapshot_anywhere(wanted, place, default_cache_folder(), runner, progress);
    const auto& found = choice.snapshot;
    if (found.manifest) {
        progress.begin("comparing " + found.name + " with its manifest");
        const auto fault = content_fault(*found.manifest, found.bundle, runner);
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
    return scratch::sweep(default_temp_folder(), runner);
}

}  // namespace rehearse::app
