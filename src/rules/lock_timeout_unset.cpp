#include "rules/reading.hpp"
#include "rules/registry.hpp"

namespace rehearse::rules {

namespace {

using observe::Evidence;
using sql::StatementKind;

bool is_known_to_lock(StatementKind kind) {
    switch (kind) {
        case StatementKind::alter_table:
        case StatementKind::drop_table:
        case StatementKind::rename:
        case StatementKind::truncate:
        case StatementKind::create_index:
        case StatementKind::drop_index:
        case StatementKind::reindex:
        case StatementKind::drop_view:
        case StatementKind::refresh_materialized_view:
        case StatementKind::create_trigger:
        case StatementKind::lock_table:
        case StatementKind::cluster:
            return true;
        default:
            return false;
    }
}

// A statement that was cancelled while it waited for its lock never held it; then the text must do.
bool takes_strong_lock(const observe::MigrationObservation& observed,
                       const observe::StatementObservation& statement) {
    const bool seen =
        statement.evidence == Evidence::exact || statement.evidence == Evidence::sampled;
    if (seen && !failed_here(observed, statement)) {
        return blocking_hold(observed, statement) != nullptr;
    }
    const auto& what = statement.classification;
    return !what.concurrently && is_known_to_lock(what.kind);
}

std::vector<Finding> check(const RuleInput& input) {
    const auto* statement =
        first_without(input, &observe::SessionSettings::lock_timeout, takes_strong_lock);
    if (statement == nullptr) return {};
    auto finding = finding_at(*statement, Severity::info);
    finding.message = command_of(*statement) + " waits for its lock without a lock_timeout";
    finding.instead =
        "Begin the file with this, and deploy again when it strikes:\n"
        "SET lock_timeout = '5s';";
    return {finding};
}

}  // namespace

const RuleInfo kLockTimeoutUnset{
    "lock-timeout-unset",
    7,
    "While the migration waits behind one long query, every later query on the table waits behind "
    "the migration.",
    "Begin the file with SET lock_timeout = '5s'; and try again later when it strikes.",
    check,
};

}  // namespace rehearse::rules
