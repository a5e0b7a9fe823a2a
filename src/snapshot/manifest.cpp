#include "rehearse/snapshot/manifest.hpp"

#include "rehearse/base/error.hpp"
#include "rehearse/base/files.hpp"
#include "rehearse/base/text.hpp"

#include "snapshot/checksum.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <map>

namespace rehearse::snapshot {

namespace {

using Json = nlohmann::ordered_json;

constexpr int kFormatVersion = 1;

bool stays_below(const fs::path& path) {
    return path.is_relative() && std::find(path.begin(), path.end(), "..") == path.end();
}

Manifest manifest_from(const Json& json) {
    Manifest manifest;
    manifest.tool_version = json.at("tool").at("version");
    manifest.taken_at = from_iso8601(json.at("taken_at").get<std::string>()).value();
    manifest.server_version.number = json.at("server_version_num");
    manifest.database = json.at("database");
    manifest.system_identifier = json.value("system_identifier", "");
    manifest.from_replica = json.at("from_replica");
    for (const auto& file : json.at("files")) {
        manifest.files.push_back({file.at("path"), file.at("size_bytes"), file.at("sha256")});
    }
    return manifest;
}

std::vector<std::string> paths_below(const fs::path& folder) {
    std::vector<std::string> paths;
    std::error_code failure;
    for (fs::recursive_directory_iterator entry(folder, failure), end; !failure && entry != end;
         entry.increment(failure)) {
        const std::string path = entry->path().lexically_relative(folder).string();
        if (entry->is_regular_file(failure) && path != kManifestName && path != kWriterLockName)
            paths.push_back(path);
    }
    if (failure) {
        throw Error(ErrorKind::snapshot,
                    "cannot read all of " + folder.string() + ": " + failure.message(),
                    {"Look at its permissions."});
    }
    std::sort(paths.begin(), paths.end());
    return paths;
}

}  // namespace

std::string to_json(const Manifest& manifest) {
    Json files = Json::array();
    for (const auto& file : manifest.files) {
        files.push_back(
            {{"path", file.path}, {"size_bytes", file.size_bytes}, {"sha256", file.sha256}});
    }
    const Json json{{"format_version", kFormatVersion},
                    {"tool", {{"name", "rehearse"}, {"version", manifest.tool_version}}},
                    {"taken_at", to_iso8601(manifest.taken_at)},
                    {"server_version", manifest.server_version.text()},
                    {"server_version_num", manifest.server_version.number},
                    {"database", manifest.database},
                    {"system_identifier", manifest.system_identifier},
                    {"from_replica", manifest.from_replica},
                    {"files", std::move(files)}};
    return json.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

std::optional<Manifest> manifest_from_json(const std::string& text) try {
    const Json json = Json::parse(text);
    if (json.at("tool").at("name") != "rehearse" || json.at("format_version") != kFormatVersion)
        return std::nullopt;
    Manifest manifest = manifest_from(json);
    const bool all_below = std::all_of(manifest.files.begin(), manifest.files.end(),
                                       [](const auto& file) { return stays_below(file.path); });
    return all_below ? std::optional{std::move(manifest)} : std::nullopt;
} catch (const Json::exception&) {
    return std::nullopt;
} catch (const std::bad_optional_access&) {
    return std::nullopt;
}

std::optional<Manifest> read_manifest(const fs::path& bundle) {
    std::error_code ignored;
    if (!fs::is_regular_file(bundle / kManifestName, ignored)) return std::nullopt;
    return manifest_from_json(read_file(bundle / kManifestName));
}

std::vector<Manifest::File> files_below(const fs::path& folder, process::ProcessRunner& runner,
                                        Progress* progress) {
    const auto paths = paths_below(folder);
    std::vector<Manifest::File> files;
    std::uint64_t total = 0;
    for (const auto& path : paths) {
        files.push_back({path, fs::file_size(folder / path), ""});
        total += files.back().size_bytes;
    }
    std::uint64_t done = 0;
    sha256_lines(folder, paths, runner, [&](std::size_t file, const std::string& line) {
        files.at(file).sha256 = digest_of(line);
        done += files[file].size_bytes;
        if (progress != nullptr) progress->update(done, total, Progress::Unit::bytes, paths[file]);
    });
    return files;
}

std::string size_fault(const Manifest& manifest, const fs::path& bundle) {
    for (const auto& file : manifest.files) {
        std::error_code missing;
        const auto size = fs::file_size(bundle / file.path, missing);
        if (missing) return file.path + " is missing";
        if (size != file.size_bytes) {
            return file.path + " has " + std::to_string(size) + " bytes and not " +
                   std::to_string(file.size_bytes);
        }
    }
    return {};
}

std::string content_fault(const Manifest& manifest, const fs::path& bundle,
                          process::ProcessRunner& runner, Progress* progress) {
    if (auto fault = size_fault(manifest, bundle); !fault.empty()) return fault;
    std::map<std::string, std::string> there;
    for (auto& file : files_below(bundle, runner, progress)) there[file.path] = file.sha256;
    for (const auto& file : manifest.files) {
        if (there[file.path] != file.sha256) return file.path + " has another checksum";
        there.erase(file.path);
    }
    const auto unnamed = there.lower_bound("dump/");
    if (unnamed != there.end() && unnamed->first.starts_with("dump/"))
        return unnamed->first + " is not in the manifest";
    return {};
}

}  // namespace rehearse::snapshot
