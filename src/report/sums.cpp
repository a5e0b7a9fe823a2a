#include "report/sums.hpp"

#include <algorithm>
#include <limits>

namespace rehearse::report {

namespace {

// A report may claim what no type has room for; sizes are not below zero.
void add_to(std::int64_t& sum, std::int64_t bytes) {
    constexpr auto kMost = std::numeric_limits<std::int64_t>::max();
    sum = bytes > kMost - sum ? kMost : sum + bytes;
}

}  // namespace

std::optional<pg::LockMode> strongest_lock(const MigrationPart& migration) {
    std::optional<pg::LockMode> strongest;
    for (const auto& statement : migration.statements) {
        for (const auto& lock : statement.locks) {
            const auto mode = pg::lock_mode_from(lock.mode);
            if (mode && !lock.new_relation) strongest = std::max(strongest, mode);
        }
    }
    return strongest;
}

std::vector<Rewritten> rewritten_by(const MigrationPart& migration) {
    std::vector<Rewritten> result;
    for (const auto& statement : migration.statements) {
        for (const auto& rewrite : statement.rewrites) {
            result.push_back(
                {rewrite.relation, std::max(rewrite.bytes_before, rewrite.bytes_after)});
        }
    }
    return result;
}

std::int64_t bytes_of(const std::vector<Rewritten>& rewritten) {
    std::int64_t sum = 0;
    for (const auto& one : rewritten) add_to(sum, one.bytes);
    return sum;
}

std::int64_t wal_bytes_of(const MigrationPart& migration) {
    std::int64_t sum = 0;
    for (const auto& statement : migration.statements) add_to(sum, statement.wal_bytes.value_or(0));
    return sum;
}

bool needs_reason(const MigrationPart& migration) {
    return migration.label != "ok" && migration.label != "not_run";
}

}  // namespace rehearse::report
