#pragma once

#include "rehearse/rules/rule.hpp"

#include <string>
#include <string_view>
#include <utility>
#include <vector>

// What several rules ask of the observations.
namespace rehearse::rules {

// What users notice. A lock that keeps readers out stops pages at once; writers are kept waiting at
// most as long as the checklist's lock_timeout of 5 s would let a migration wait.
inline constexpr Millis kNoticed = std::chrono::milliseconds(100);
inline constexpr Millis kReadsBlockedTooLong = std::chrono::seconds(1);
inline constexpr Millis kWritesBlockedTooLong = std::chrono::seconds(5);
// The checklist's statement_timeout.
inline constexpr Millis kStatementTimeout = std::chrono::seconds(60);

Severity severity_of_blocking(pg::LockMode mode, Millis held);

// "reads and writes", "writes".
std::string_view kept_out_by(pg::LockMode mode);

// The same relation, where one of the two may lack its schema.
bool is_same(const pg::RelationName& a, const pg::RelationName& b);

const observe::StatementObservation* find_statement(const observe::MigrationObservation& observed,
                                                    std::size_t ordinal);

// The strongest lock on `relation` that the statement took or kept, if it keeps users out.
const observe::LockHold* blocking_hold(const observe::MigrationObservation& observed,
                                       const observe::StatementObservation& statement,
                                       const pg::RelationName& relation);
// The same for any relation.
const observe::LockHold* blocking_hold(const observe::MigrationObservation& observed,
                                       const observe::StatementObservation& statement);

// CREATE TABLE of it stands before the statement in this very migration: it has no users yet.
bool is_made_here(const observe::MigrationObservation& observed,
                  const observe::StatementObservation& before, const pg::RelationName& relation);

bool failed_here(const observe::MigrationObservation& observed,
                 const observe::StatementObservation& statement);

// "ALTER TABLE", "CREATE INDEX": what the server called it, else the text's kind.
std::string command_of(const observe::StatementObservation& statement);

// The advice with each {name} replaced by its value.
using Values = std::vector<std::pair<std::string_view, std::string>>;
std::string filled(std::string_view advice, const Values& values);

// About this statement: its ordinal and line.
Finding finding_at(const observe::StatementObservation& statement, Severity severity);

// The first statement that ran with this timeout off, of those that `concerns` names; nullptr when
// there is none.
const observe::StatementObservation* first_without(
    const RuleInput& input, Millis observe::SessionSettings::*timeout,
    bool (*concerns)(const observe::MigrationObservation&, const observe::StatementObservation&));

}  // namespace rehearse::rules
