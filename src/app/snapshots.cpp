#include "rehearse/app/snapshots.hpp"

#include "rehearse/base/files.hpp"
#include "rehearse/scratch/engine.hpp"

namespace rehearse::app {

VerifiedSnapshot verify_snapshot(const std::string& wanted, const std::filesystem::path& place,
                                 process::ProcessRunner& runner, Progress& progress) {
    auto choice = snapshot::find_snapshot(wanted, place, progress);
    auto sha256 = snapshot::sha256_of(choice.snapshot, runner);
    return {std::move(choice.snapshot), std::move(sha256)};
}

std::vector<std::string> sweep_leftovers(process::ProcessRunner& runner) {
    return scratch::sweep(default_temp_folder(), runner);
}

}  // namespace rehearse::app
