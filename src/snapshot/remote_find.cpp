#include "rehearse/base/error.hpp"
#include "rehearse/base/text.hpp"
#include "rehearse/snapshot/remote.hpp"

#include "snapshot/fetched.hpp"
#include "snapshot/looked_at.hpp"
#include "snapshot/read.hpp"
#include "snapshot/unusable.hpp"
#include "snapshot/wanted.hpp"

#include <algorithm>

namespace rehearse::snapshot {

namespace {

// One search in a remote place.
class Search {
  public:
    Search(const std::string& place, const fs::path& cache, process::ProcessRunner& runner,
           Progress& progress)
        : rclone_(place, runner),
          copies_(cache / "snapshots", rclone_, runner, progress),
          progress_(progress) {
        progress.begin("looking into " + place);
        list_ = list_remote(place, runner);
        copies_.remove_unused();
    }

    Choice by_name(const std::string& name) {
        const auto found = std::find_if(list_.complete.begin(), list_.complete.end(),
                                        [&](const auto& one) { return one.name == name; });
        if (found == list_.complete.end()) throw no_such(name);
        try {
            return {read(*found), {}};
        } catch (const Unusable& unusable) {
            throw Error(ErrorKind::snapshot,
                        "cannot use " + rclone_.path_of(name) + ": " + unusable.why(),
                        unusable.hints());
        }
    }

    Choice newest(const std::string& wanted, std::size_t back) {
        for (const auto& one : list_.complete) {
            if (!one.manifest && !begins_like_a_dump(one.name)) continue;
            if (back > 0) {
                --back;
                continue;
            }
            try {
                return {read(one), std::move(list_.skipped)};
            } catch (const Unusable& unusable) {
                list_.skipped.push_back({one.name, reason_for(unusable, one.modified)});
            }
        }
        throw nothing(wanted == "latest" ? "no complete snapshot" : "no " + wanted);
    }

  private:
    // Its name is like a dump's, but so are others'.
    bool begins_like_a_dump(const std::string& name) {
        const std::string path = rclone_.path_of(name);
        const LookedAt here;
        const auto head = here.path() / "head";
        write_file_atomically(head, rclone_.run({"cat", "--head", "4096", path}, "read " + path));
        try {
            peek(head);
        } catch (const NotADump&) {
            return false;
        } catch (const Unusable&) {
            // What is wrong with it is told when all of it is here.
        }
        return true;
    }

    Error nothing(const std::string& message) const {
        Error error(ErrorKind::snapshot, message + " in " + rclone_.place());
        for (const auto& one : list_.skipped)
            error.with_hint("Passed over " + one.name + ": " + one.why + ".");
        if (!list_.foreign.empty())
            error.with_hint("Without a manifest, and so no bundles: " + listed(list_.foreign) +
                            ".");
        return error.with_hint("Take one: rehearse snapshot take --from URL --to " +
                               rclone_.place());
    }

    Error no_such(const std::string& name) const {
        std::vector<std::string> names;
        for (const auto& one : list_.complete) names.push_back(one.name);
        auto error = nothing("no snapshot '" + name + "'");
        if (const auto near = nearest(name, names)) error.with_hint("Did you mean " + *near + "?");
        if (!names.empty()) error.with_hint("There are: " + listed(names) + ".");
        return error;
    }

    Snapshot read(const RemoteSnapshot& wanted) {
        const auto fetched = copies_.get(wanted);
        auto snapshot = read_checked(fetched.path, progress_);
        snapshot.in_use = fetched.in_use;
        return snapshot;
    }

    Rclone rclone_;
    FetchedCopies copies_;
    Progress& progress_;
    RemoteList list_;
};

}  // namespace

Choice find_snapshot_anywhere(const std::string& wanted, const fs::path& place,
                              const fs::path& cache, process::ProcessRunner& runner,
                              Progress& progress) {
    std::error_code ignored;
    const bool is_a_path = wanted.find('/') != std::string::npos && fs::exists(wanted, ignored);
    if (!is_remote(place.string()) || is_a_path) return find_snapshot(wanted, place, progress);
    const auto back = steps_back(wanted);
    Search search(place.string(), cache, runner, progress);
    return back ? search.newest(wanted, *back) : search.by_name(wanted);
}

}  // namespace rehearse::snapshot
