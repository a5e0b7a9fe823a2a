#include "rehearse/snapshot/snapshot.hpp"

#include "rehearse/base/error.hpp"

#include "snapshot/stream.hpp"
#include "snapshot/unusable.hpp"

#include <algorithm>
#include <chrono>

namespace rehearse::snapshot {

namespace {

namespace fs = std::filesystem;

constexpr std::size_t kSha256HexDigits = 64;
// Files that one call of sha256sum gets: far below the kernel's limit for arguments.
constexpr std::size_t kFilesPerCall = 1000;

std::string run_sha256sum(process::ProcessSpec spec, const fs::path& what,
                          process::ProcessRunner& runner) {
    spec.program = "sha256sum";
    spec.keep_output_bytes = std::size_t{16} << 20;
    auto result = runner.run(spec);
    if (!result.ok()) {
        throw Error(ErrorKind::snapshot, "cannot read " + what.string() + " for its checksum")
            .with_output(result.err);
    }
    return std::move(result.out);
}

std::string first_digest(const std::string& output) {
    // A leading backslash marks an escaped file name.
    return output.substr(output.starts_with('\\') ? 1 : 0, kSha256HexDigits);
}

std::vector<std::string> sorted_file_names(const fs::path& folder) {
    std::vector<std::string> names;
    for (const auto& file : fs::directory_iterator(folder)) {
        if (file.is_regular_file()) names.push_back(file.path().filename().string());
    }
    std::sort(names.begin(), names.end());
    return names;
}

}  // namespace

std::string_view to_string(Format format) {
    switch (format) {
        case Format::custom:
            return "custom";
        case Format::directory:
            return "directory";
        case Format::tar:
            return "tar";
        case Format::plain:
            return "plain";
    }
    return "";
}

double Snapshot::age_days(WallClock::time_point now) const {
    return std::chrono::duration<double, std::ratio<86400>>(now - taken_at).count();
}

std::string sha256_of(const Snapshot& snapshot, process::ProcessRunner& runner) {
    process::ProcessSpec spec;
    if (snapshot.format != Format::directory) {
        spec.args = {"--binary", "--", snapshot.path.string()};
        return first_digest(run_sha256sum(spec, snapshot.path, runner));
    }
    const auto names = sorted_file_names(snapshot.path);
    std::string list;
    for (std::size_t i = 0; i < names.size(); i += kFilesPerCall) {
        const auto begin = names.begin() + static_cast<std::ptrdiff_t>(i);
        const auto count = std::min(kFilesPerCall, names.size() - i);
        spec.working_dir = snapshot.path;
        spec.args = {"--binary", "--"};
        spec.args.insert(spec.args.end(), begin, begin + static_cast<std::ptrdiff_t>(count));
        list += run_sha256sum(spec, snapshot.path, runner);
    }
    process::ProcessSpec of_list;
    of_list.stdin_text = list;
    return first_digest(run_sha256sum(of_list, snapshot.path, runner));
}

std::function<std::size_t(std::span<char>)> open_plain(const Snapshot& snapshot) {
    const auto in_error = [path = snapshot.path](const Unusable& unusable) {
        return Error(ErrorKind::snapshot, "cannot read " + path.string() + ": " + unusable.why(),
                     unusable.hints());
    };
    try {
        return [in_error, source = decompressed(stream_of(std::make_shared<File>(snapshot.path)),
                                                snapshot.compression)](std::span<char> buffer) {
            try {
                return source(buffer);
            } catch (const Unusable& unusable) {
                throw in_error(unusable);
            }
        };
    } catch (const Unusable& unusable) {
        throw in_error(unusable);
    }
}

}  // namespace rehearse::snapshot
