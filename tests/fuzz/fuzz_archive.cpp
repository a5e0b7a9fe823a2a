// Any bytes are read as a snapshot or refused with an Error of kind snapshot, and what was read
// does not claim more data than there is. The input is the file itself, or patches to a good
// archive: nothing random would come past the header.

#include "rehearse/base/error.hpp"
#include "rehearse/snapshot/snapshot.hpp"

#include "unit/snapshot/archive_writer.hpp"

#include <sys/mman.h>
#include <unistd.h>

#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

namespace {

using namespace rehearse;

std::string good_archive(unsigned which) {
    test::ArchiveWriter archive;
    archive.minor = 12 + static_cast<int>(which / 3 % 5);
    archive.add("DATABASE", "shop").definition = "CREATE DATABASE shop;\n";
    archive.add("EXTENSION", "pg_trgm");
    archive.add_table_data("users", "1\tone\n\\.\n\n\n");
    archive.add_table_data("BLOBS", "blob").desc = "BLOBS";
    archive.add("ACL", "TABLE users").definition = "GRANT SELECT ON TABLE users TO reporting;\n";
    archive.offsets_set = which % 3 == 0;
    return which % 3 == 2 ? archive.tar() : archive.custom();
}

// After the choice of the archive: two bytes for a place and one to put there, again and again.
std::string file_from(std::string_view input) {
    const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(input[i]); };
    if (input.empty() || byte(0) >= 128) return std::string(input);
    std::string file = good_archive(byte(0));
    for (std::size_t i = 1; i + 2 < input.size(); i += 3) {
        file[(byte(i) * 256U + byte(i + 1)) % file.size()] = input[i + 2];
    }
    // Sometimes cut.
    if (input.size() % 3 == 0) file.resize(byte(input.size() - 1) * file.size() / 255);
    return file;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string file = file_from({reinterpret_cast<const char*>(data), size});
    const int fd = memfd_create("snapshot", MFD_CLOEXEC);
    if (fd < 0 || write(fd, file.data(), file.size()) != static_cast<ssize_t>(file.size())) {
        std::abort();
    }
    SilentProgress progress;
    try {
        const auto snapshot =
            snapshot::read_snapshot("/proc/self/fd/" + std::to_string(fd), progress);
        std::uint64_t claimed = 0;
        // In a tar file two entries may name the same member.
        if (snapshot.format == snapshot::Format::custom) {
            for (const auto& entry : snapshot.archive->entries) claimed += entry.data_bytes;
        }
        if (claimed > file.size()) std::abort();
    } catch (const Error& error) {
        if (error.kind() != ErrorKind::snapshot) std::abort();
    }
    close(fd);
    return 0;
}
