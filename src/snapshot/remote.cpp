#include "rehearse/snapshot/remote.hpp"

#include "rehearse/base/error.hpp"
#include "rehearse/base/files.hpp"
#include "rehearse/base/private_tree.hpp"
#include "rehearse/base/text.hpp"

#include "snapshot/dates.hpp"
#include "snapshot/wanted.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>
#include <regex>
#include <tuple>

namespace rehearse::snapshot {

namespace {

// rclone's exit codes for what is not there: a directory, a file.
constexpr int kNoDirectory = 3;
constexpr int kNoFile = 4;

process::ProcessSpec rclone(std::vector<std::string> args) {
    process::ProcessSpec spec;
    spec.program = "rclone";
    spec.args = std::move(args);
    // It tells times in the zone of its own, and nobody would answer its question for the password
    // of its configuration.
    spec.env = {{"TZ", "UTC"}, {"RCLONE_ASK_PASSWORD", "false"}};
    spec.keep_output_bytes = std::size_t{64} << 20;
    return spec;
}

bool knows_no_such_remote(const process::ProcessResult& result) {
    return result.err.find("didn't find section in config file") != std::string::npos;
}

Error failure(const std::string& what, const std::string& place,
              const process::ProcessResult& result) {
    Error error(ErrorKind::snapshot, "rclone cannot " + what);
    if (knows_no_such_remote(result)) {
        error.with_hint(
            "rclone has no remote of this name; 'rclone listremotes' tells which it has, "
            "'rclone config' and the RCLONE_CONFIG_... variables make one.");
        error.with_hint("A folder with a colon in its name is ./" + place + ".");
    } else if (result.exit_code == kNoDirectory) {
        error.with_hint("There is no such folder: look at the path behind the colon of " + place +
                        ".");
    } else {
        error.with_hint("Try it by hand: rclone lsf " + place);
    }
    return error.with_output(result.err);
}

// What rclone says once a second: "1.2 GiB / 10 GiB, 12%, 30 MiB/s, ETA 5m".
const std::vector<std::string> kStats{"--stats", "1s", "--stats-one-line", "--stats-log-level",
                                      "NOTICE"};

bool looks_like_a_dump(const std::string& name) {
    constexpr std::array<std::string_view, 7> kEndings{".dump", ".sql",    ".gz",    ".zst",
                                                       ".tar",  ".pgdump", ".backup"};
    return std::any_of(kEndings.begin(), kEndings.end(),
                       [&](std::string_view ending) { return name.ends_with(ending); });
}

WallClock::time_point time_of_file(const std::string& name, const std::string& modified) {
    if (const auto date = date_in(name)) return *date;
    constexpr std::size_t kUpToSeconds = 19;  // "2026-11-27T04:53:12.499889608Z"
    return from_iso8601(modified.substr(0, kUpToSeconds) + "Z").value_or(WallClock::time_point{});
}

}  // namespace

bool is_remote(const std::string& place) {
    // rclone's rule for a remote's name; ':local,opt=x:PATH' is one made on the spot.
    static const std::regex kRemote(R"((:[a-z0-9]+[^/]*|[\w.+@][\w.+@ -]*):.*)");
    return std::regex_match(place, kRemote);
}

Remote::Remote(std::string place, process::ProcessRunner& runner)
    : place_(std::move(place)), runner_(runner) {}

std::string Remote::path_of(const std::string& name) const {
    const bool joined = place_.ends_with(':') || place_.ends_with('/');
    return place_ + (joined ? "" : "/") + name;
}

std::string Remote::run(std::vector<std::string> args, const std::string& what,
                        Progress* progress) {
    if (progress != nullptr) args.insert(args.end(), kStats.begin(), kStats.end());
    auto spec = rclone(std::move(args));
    spec.on_stderr_line = [progress](const std::string& line) {
        const auto said = line.find("NOTICE:");
        if (progress == nullptr || said == std::string::npos) return;
        if (line.find("ETA", said) == std::string::npos) return;
        progress->update(0, std::nullopt, Progress::Unit::none,
                         std::string(trimmed(std::string_view(line).substr(said + 7))));
    };
    auto result = runner_.run(spec);
    if (!result.ok()) throw failure(what, place_, result);
    return std::move(result.out);
}

std::optional<Manifest> Remote::manifest_of(const std::string& name) {
    const auto result = runner_.run(rclone({"cat", path_of(name) + "/" + kManifestName}));
    if (result.ok()) return manifest_from_json(result.out);
    if (result.exit_code == kNoDirectory || result.exit_code == kNoFile) return std::nullopt;
    throw failure("read the manifest of " + path_of(name), place_, result);
}

RemoteList Remote::list() {
    RemoteList list;
    const auto entries = nlohmann::json::parse(run({"lsjson", place_}, "list " + place_));
    for (const auto& entry : entries) {
        RemoteSnapshot found;
        found.name = entry.at("Name");
        if (found.name.starts_with('.')) continue;
        if (has_temporary_name(found.name)) {
            list.skipped.push_back({found.name, "still being written"});
        } else if (entry.at("IsDir")) {
            found.manifest = manifest_of(found.name);
            if (!found.manifest) {
                list.skipped.push_back({found.name, "it has no manifest (yet)"});
                continue;
            }
            found.taken_at = found.manifest->taken_at;
            for (const auto& file : found.manifest->files) found.size_bytes += file.size_bytes;
            list.complete.push_back(std::move(found));
        } else if (looks_like_a_dump(found.name)) {
            found.taken_at = time_of_file(found.name, entry.value("ModTime", ""));
            found.size_bytes = entry.value("Size", std::uint64_t{0});
            list.complete.push_back(std::move(found));
        }
    }
    std::sort(list.complete.begin(), list.complete.end(),
              [](const RemoteSnapshot& a, const RemoteSnapshot& b) {
                  return std::tie(a.taken_at, a.name) > std::tie(b.taken_at, b.name);
              });
    return list;
}

bool Remote::has(const std::string& name) {
    const auto result = runner_.run(rclone({"lsjson", place_}));
    if (result.exit_code == kNoDirectory) return false;
    if (!result.ok()) throw failure("list " + place_, place_, result);
    const auto entries = nlohmann::json::parse(result.out);
    return std::any_of(entries.begin(), entries.end(), [&](const auto& entry) {
        return entry.at("Name") == name || entry.at("Name") == name + kPartialEnding;
    });
}

fs::path Remote::fetch(const RemoteSnapshot& wanted, const fs::path& into, Progress& progress) {
    const fs::path local = into / wanted.name;
    const auto& manifest = wanted.manifest;
    if (manifest) {
        const auto kept = read_manifest(local);
        if (kept && to_json(*kept) == to_json(*manifest) && size_fault(*manifest, local).empty())
            return local;
    }
    progress.begin("fetching " + wanted.name);
    const std::string from = path_of(wanted.name);
    try {
        if (!manifest) {
            run({"copyto", from, local.string()}, "fetch " + from, &progress);
        } else {
            // Without its manifest a bundle is none: it comes when all else is here.
            make_private_folder(local);
            fs::remove(local / kManifestName);
            run({"sync", from, local.string(), "--exclude", std::string("/") + kManifestName},
                "fetch " + from, &progress);
            const auto fault = content_fault(*manifest, local, runner_);
            if (!fault.empty()) {
                throw Error(ErrorKind::snapshot, "cannot use " + from + ": " + fault,
                            {"Upload it again, or take a new one: rehearse snapshot take."});
            }
            write_file_atomically(local / kManifestName, to_json(*manifest));
        }
    } catch (...) {
        remove_tree(local);
        throw;
    }
    make_tree_private(into);
    progress.end("");
    return local;
}

void Remote::put(const fs::path& bundle, const std::string& name, Progress& progress) {
    progress.begin("uploading " + name);
    const std::string partial = path_of(name) + kPartialEnding;
    const std::string manifest = (bundle / kManifestName).string();
    bool renamed = false;
    try {
        run({"copy", bundle.string(), partial, "--exclude", std::string("/") + kManifestName,
             "--exclude", std::string("/") + kWriterLockName},
            "upload to " + partial, &progress);
        renamed = true;
        run({"move", partial, path_of(name), "--delete-empty-src-dirs"}, "rename " + partial);
        run({"copyto", manifest, path_of(name) + "/" + kManifestName},
            "upload the manifest of " + path_of(name));
    } catch (...) {
        runner_.run_to_clean_up(rclone({"purge", partial}));
        if (renamed) remove_unless_complete(name);
        throw;
    }
    progress.end("");
}

void Remote::remove_unless_complete(const std::string& name) {
    const auto manifest = rclone({"cat", path_of(name) + "/" + kManifestName});
    const int code = runner_.run_to_clean_up(manifest).exit_code;
    if (code == kNoDirectory || code == kNoFile)
        runner_.run_to_clean_up(rclone({"purge", path_of(name)}));
}

void Remote::remove(const std::string& name) {
    // Without its manifest nobody takes a half removed bundle for one.
    run({"deletefile", path_of(name) + "/" + kManifestName}, "remove " + path_of(name));
    run({"purge", path_of(name)}, "remove " + path_of(name));
}

}  // namespace rehearse::snapshot
