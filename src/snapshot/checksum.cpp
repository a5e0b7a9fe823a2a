#include "snapshot/checksum.hpp"

#include "rehearse/base/error.hpp"

#include <algorithm>

namespace rehearse::snapshot {

namespace {

namespace fs = std::filesystem;

constexpr std::size_t kSha256HexDigits = 64;
// Files that one call of sha256sum gets: far below the kernel's limit for arguments.
constexpr std::size_t kFilesPerCall = 1000;

std::string run_sha256sum(process::ProcessSpec spec, const std::string& what,
                          process::ProcessRunner& runner) {
    spec.program = "sha256sum";
    spec.keep_output_bytes = std::size_t{16} << 20;
    auto result = runner.run(spec);
    if (!result.ok()) {
        throw Error(ErrorKind::snapshot, "cannot read " + what + " for its checksum")
            .with_output(result.err);
    }
    return std::move(result.out);
}

}  // namespace

std::string digest_of(const std::string& line) {
    // A leading backslash marks an escaped file name.
    return line.substr(line.starts_with('\\') ? 1 : 0, kSha256HexDigits);
}

std::string sha256_lines(const fs::path& folder, const std::vector<std::string>& names,
                         process::ProcessRunner& runner, const EachLine& each) {
    process::ProcessSpec spec;
    spec.working_dir = folder;
    std::string lines;
    std::size_t file = 0;
    spec.on_stdout_line = [&](const std::string& line) {
        if (each) each(file++, line);
    };
    for (std::size_t i = 0; i < names.size(); i += kFilesPerCall) {
        const auto begin = names.begin() + static_cast<std::ptrdiff_t>(i);
        const auto count = std::min(kFilesPerCall, names.size() - i);
        spec.args = {"--binary", "--"};
        spec.args.insert(spec.args.end(), begin, begin + static_cast<std::ptrdiff_t>(count));
        lines += run_sha256sum(spec, folder.string(), runner);
    }
    return lines;
}

std::string sha256_of_file(const fs::path& file, process::ProcessRunner& runner) {
    process::ProcessSpec spec;
    spec.args = {"--binary", "--", file.string()};
    return digest_of(run_sha256sum(spec, file.string(), runner));
}

std::string sha256_of_text(const std::string& text, process::ProcessRunner& runner) {
    process::ProcessSpec spec;
    spec.stdin_text = text;
    return digest_of(run_sha256sum(spec, "a list of checksums", runner));
}

}  // namespace rehearse::snapshot
