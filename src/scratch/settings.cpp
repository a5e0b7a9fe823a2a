#include "rehearse/scratch/engine.hpp"

#include <algorithm>
#include <string>

namespace rehearse::scratch {

namespace {

constexpr std::uint64_t kMegabyte = std::uint64_t{1} << 20;

// A quarter of the memory, as the PostgreSQL manual suggests (20.4.1 "Memory"); more than 4 GB was
// not measured to help.
std::string shared_buffers(std::uint64_t memory_bytes) {
    const std::uint64_t megabytes = memory_bytes / 4 / kMegabyte;
    return std::to_string(std::clamp<std::uint64_t>(megabytes, 16, 4096)) + "MB";
}

}  // namespace

Settings restore_settings() {
    return {
        {"max_logical_replication_workers", "0"},
        {"fsync", "off"},
        {"synchronous_commit", "off"},
        {"full_page_writes", "off"},
        // COPY into a table and index builds of the same transaction then write no WAL.
        {"wal_level", "minimal"},
        {"max_wal_senders", "0"},
        {"max_wal_size", "16GB"},
        {"autovacuum", "off"},
        // maintenance_work_mem stays at its default: with 1 GB a GIN index takes half as long
        // again. So does shared_buffers: with 4 GB the whole restore takes a fifth longer, because
        // rows are written once and a small cache stays in the processor's.
    };
}

Settings replay_settings(std::uint64_t memory_bytes) {
    return {
        {"shared_buffers", shared_buffers(memory_bytes)},
        {"max_logical_replication_workers", "0"},
    };
}

}  // namespace rehearse::scratch
