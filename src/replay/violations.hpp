#pragma once

#include "rehearse/observe/observation.hpp"
#include "rehearse/pg/performer_session.hpp"

#include "undone_statements.hpp"

#include <optional>
#include <string>

namespace rehearse::replay {

// Counts the rows that made the statement fail, after its transaction was rolled back and off the
// clock. It asks in the performer's own session, where nothing more is to run: search_path, role
// and temporary tables are the statement's. It reads only, and no longer than the limit. nullopt
// where the statement adds no constraint that the rows could have violated.
std::optional<observe::Violations> count_violations(const std::string& sql,
                                                    const pg::ServerError& error,
                                                    const UndoneStatements& undone, Millis limit,
                                                    pg::PerformerSession& performer);

}  // namespace rehearse::replay
