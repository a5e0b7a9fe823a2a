#include "rehearse/base/error.hpp"
#include "rehearse/base/text.hpp"

#include "snapshot/read.hpp"
#include "snapshot/unusable.hpp"
#include "snapshot/wanted.hpp"

#include <algorithm>
#include <array>
#include <charconv>

namespace rehearse::snapshot {

namespace {

namespace fs = std::filesystem;

constexpr auto kStillBeingWritten = std::chrono::minutes(2);

// Something in the place that is a dump or could become one.
struct Candidate {
    fs::path path;
    std::string name;
    WallClock::time_point time;
    std::string unusable;  // why, when a look at its beginning or its name is enough to tell
};

std::optional<Candidate> candidate_at(const fs::path& path) {
    Candidate candidate{path, path.filename().string(), {}, ""};
    if (candidate.name.starts_with('.')) return std::nullopt;  // rsync's temporary files, too
    if (has_temporary_name(candidate.name)) {
        candidate.time = last_written(path);
        candidate.unusable = "still being written (" + path.extension().string() + " in its name)";
        return candidate;
    }
    try {
        candidate.time = peek(path).taken_at;
    } catch (const NotADump&) {
        return std::nullopt;
    } catch (const Unusable& unusable) {
        candidate.time = last_written(path);
        candidate.unusable = reason_for(unusable, last_written(path));
    }
    return candidate;
}

std::vector<Candidate> newest_first(const fs::path& place) {
    std::vector<Candidate> candidates;
    for (const auto& path : entries_of(place)) {
        if (auto found = candidate_at(path)) candidates.push_back(std::move(*found));
    }
    std::sort(candidates.begin(), candidates.end(), [](const Candidate& a, const Candidate& b) {
        return std::tie(a.time, a.name) > std::tie(b.time, b.name);
    });
    return candidates;
}

Error nothing_in(const fs::path& place, std::string message, const std::vector<Skipped>& skipped) {
    Error error(ErrorKind::snapshot, std::move(message));
    for (const auto& one : skipped)
        error.with_hint("Passed over " + one.name + ": " + one.why + ".");
    if (skipped.empty()) error.with_hint("Found no dump in " + place.string() + ".");
    error.with_hint("Take one with: pg_dump -Fc --file " + (place / "NAME.dump").string() +
                    " DATABASE");
    return error;
}

Choice in_use(Choice choice) {
    auto& chosen = choice.snapshot;
    const auto& whole = chosen.bundle.empty() ? chosen.path : chosen.bundle;
    if (auto lock = FileLock::try_use(whole, FileLock::Use::shared))
        chosen.in_use = std::make_shared<const FileLock>(std::move(*lock));
    return choice;
}

// Looks at the dumps of a place, newest first, until `enough` says so; hands on the complete ones.
template <typename Enough>
SnapshotList survey(const fs::path& place, Progress& progress, Enough enough) {
    SnapshotList list;
    for (const auto& candidate : newest_first(place)) {
        std::string why = candidate.unusable;
        if (why.empty()) {
            try {
                list.complete.push_back(read_checked(candidate.path, progress));
                if (enough(list)) return list;
                continue;
            } catch (const Unusable& unusable) {
                why = reason_for(unusable, last_written(candidate.path));
            }
        }
        list.skipped.push_back({candidate.name, why});
    }
    return list;
}

Choice find_latest(std::size_t back, const fs::path& place, Progress& progress) {
    auto [complete, skipped] = survey(
        place, progress, [&](const SnapshotList& list) { return list.complete.size() > back; });
    if (complete.size() > back) return in_use({std::move(complete.back()), std::move(skipped)});
    if (complete.empty()) {
        throw nothing_in(place, "no complete snapshot in " + place.string(), skipped);
    }
    throw nothing_in(place,
                     "no latest~" + std::to_string(back) + " in " + place.string() + ": only " +
                         std::to_string(complete.size()) + " complete " +
                         (complete.size() == 1 ? "snapshot" : "snapshots"),
                     skipped);
}

Error no_such(const std::string& wanted, const fs::path& place) {
    Error error(ErrorKind::snapshot,
                "no snapshot '" + wanted + "', neither in " + place.string() + " nor as a path");
    std::vector<std::string> names;
    std::error_code ignored;
    if (fs::is_directory(place, ignored)) {
        for (const auto& candidate : newest_first(place)) names.push_back(candidate.name);
    }
    if (const auto near = nearest(wanted, names)) error.with_hint("Did you mean " + *near + "?");
    if (!names.empty()) error.with_hint("There are: " + listed(names) + ".");
    return error;
}

bool is_a_dump(const fs::path& path) {
    try {
        peek(path);
        return true;
    } catch (const Unusable&) {
        return false;
    }
}

}  // namespace

std::vector<fs::path> entries_of(const fs::path& place) {
    std::vector<fs::path> entries;
    std::error_code failure;
    for (fs::directory_iterator entry(place, failure), end; !failure && entry != end;
         entry.increment(failure))
        entries.push_back(entry->path());
    if (failure) {
        throw Error(ErrorKind::snapshot,
                    "cannot look for snapshots in " + place.string() + ": " + failure.message(),
                    {"Name the folder with --snapshots DIR."});
    }
    std::sort(entries.begin(), entries.end());
    return entries;
}

bool has_temporary_name(const std::string& name) {
    constexpr std::array<std::string_view, 3> kEndings{".partial", ".part", ".tmp"};
    return std::any_of(kEndings.begin(), kEndings.end(),
                       [&](std::string_view ending) { return name.ends_with(ending); });
}

std::string reason_for(const Unusable& unusable, WallClock::time_point last_written) {
    const bool fresh = WallClock::now() - last_written < kStillBeingWritten;
    const bool incomplete = unusable.why().starts_with("cut off") || unusable.why() == "empty";
    return fresh && incomplete ? "still being written (" + unusable.why() + ")" : unusable.why();
}

std::optional<std::size_t> steps_back(std::string_view wanted) {
    if (wanted == "latest") return 0;
    if (!wanted.starts_with("latest~")) return std::nullopt;
    const std::string_view digits = wanted.substr(7);
    std::size_t steps = 0;
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), steps);
    if (error != std::errc() || end != digits.data() + digits.size()) {
        throw Error(ErrorKind::usage, "'" + std::string(wanted) + "' has no number behind the ~",
                    {"Write latest~1 for the snapshot before the latest."});
    }
    return steps;
}

SnapshotList list_snapshots(const fs::path& place, Progress& progress) {
    return survey(place, progress, [](const SnapshotList&) { return false; });
}

Choice find_snapshot(const std::string& wanted, const fs::path& place, Progress& progress) {
    if (const auto back = steps_back(wanted)) {
        // --snapshots may name one dump instead of a folder of them.
        if (*back == 0 && is_a_dump(place)) return in_use({read_snapshot(place, progress), {}});
        return find_latest(*back, place, progress);
    }
    for (const fs::path& path : {place / wanted, fs::path(wanted)}) {
        std::error_code ignored;
        if (fs::exists(path, ignored)) return in_use({read_snapshot(path, progress), {}});
    }
    throw no_such(wanted, place);
}

}  // namespace rehearse::snapshot
