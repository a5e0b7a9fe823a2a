#include "rehearse/snapshot/snapshot.hpp"

#include "rehearse/base/error.hpp"

#include "snapshot/checksum.hpp"
#include "snapshot/stream.hpp"
#include "snapshot/unusable.hpp"

#include <algorithm>
#include <chrono>

namespace rehearse::snapshot {

namespace {

namespace fs = std::filesystem;

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
    if (snapshot.format != Format::directory) return sha256_of_file(snapshot.path, runner);
    const auto names = sorted_file_names(snapshot.path);
    return sha256_of_text(sha256_lines(snapshot.path, names, runner), runner);
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
