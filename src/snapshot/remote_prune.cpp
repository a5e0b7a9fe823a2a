#include "snapshot/remote_prune.hpp"

#include "rehearse/snapshot/remote.hpp"

#include "snapshot/remote_marks.hpp"
#include "snapshot/remove_each.hpp"

namespace rehearse::snapshot {

Pruned prune_remote(const PruneOptions& options, process::ProcessRunner& runner) {
    auto list = list_remote(options.place.string(), runner);
    std::vector<std::string> doomed;
    std::size_t kept = 0;
    for (const auto& one : list.complete) {
        if (one.manifest && ++kept > options.keep) doomed.push_back(one.name);
    }
    doomed.insert(doomed.end(), list.abandoned.begin(), list.abandoned.end());
    Rclone rclone(options.place.string(), runner);
    return remove_each(doomed, options.dry_run,
                       [&](const std::string& name) { remove_marked(rclone, name); });
}

}  // namespace rehearse::snapshot
