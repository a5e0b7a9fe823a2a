#pragma once

#include "rehearse/pg/types.hpp"
#include "rehearse/report/report.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

// What a migration's statements add up to, for a row of a table.
namespace rehearse::report {

// Of relations that were there before.
std::optional<pg::LockMode> strongest_lock(const MigrationPart& migration);

struct Rewritten {
    std::string relation;
    std::int64_t bytes = 0;  // the larger of before and after
};
std::vector<Rewritten> rewritten_by(const MigrationPart& migration);
std::int64_t bytes_of(const std::vector<Rewritten>& rewritten);

std::int64_t wal_bytes_of(const MigrationPart& migration);

// Noisy, rethink or failed: something to explain.
bool needs_reason(const MigrationPart& migration);

}  // namespace rehearse::report
