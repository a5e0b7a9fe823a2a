#pragma once

#include "rehearse/snapshot/prune.hpp"

namespace rehearse::snapshot {

// Removes them by their names. What cannot be removed keeps nobody from the others.
template <typename Remove>
Pruned remove_each(const std::vector<std::string>& doomed, bool dry_run, Remove remove) {
    Pruned pruned;
    for (const auto& name : doomed) {
        try {
            if (!dry_run) remove(name);
            pruned.removed.push_back(name);
        } catch (const Error& error) {
            if (error.kind() == ErrorKind::interrupted) throw;
            if (!pruned.failure) pruned.failure = error;
        }
    }
    return pruned;
}

}  // namespace rehearse::snapshot
