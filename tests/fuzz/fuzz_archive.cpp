// Any bytes are read as a snapshot or refused with an Error of kind snapshot; and what was read
// does not claim more data than there is.

#include "rehearse/base/error.hpp"
#include "rehearse/snapshot/snapshot.hpp"

#include <sys/mman.h>
#include <unistd.h>

#include <cstdint>
#include <cstdlib>
#include <string>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace rehearse;
    const int fd = memfd_create("snapshot", MFD_CLOEXEC);
    if (fd < 0 || write(fd, data, size) != static_cast<ssize_t>(size)) std::abort();
    SilentProgress progress;
    try {
        const auto snapshot =
            snapshot::read_snapshot("/proc/self/fd/" + std::to_string(fd), progress);
        std::uint64_t claimed = 0;
        if (snapshot.archive) {
            for (const auto& entry : snapshot.archive->entries) claimed += entry.data_bytes;
        }
        // Two entries may share a place in a tar file; none is larger than the file.
        if (snapshot.archive && snapshot.format == snapshot::Format::custom && claimed > size) {
            std::abort();
        }
    } catch (const Error& error) {
        if (error.kind() != ErrorKind::snapshot) std::abort();
    }
    close(fd);
    return 0;
}
