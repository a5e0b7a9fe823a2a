#pragma once

#include "rehearse/observe/observation.hpp"
#include "rehearse/plan/plan.hpp"

#include <string>
#include <vector>

// Observations built by hand, for tests of what is a pure function of them.
namespace rehearse::test {

// A table in public; the same name has the same oid.
observe::LockHold hold(const std::string& relation, pg::LockMode mode, double from_ms, double to_ms,
                       std::size_t acquired_by = 1, std::vector<std::size_t> stretched_by = {});

plan::PlannedMigration planned(const std::string& version, const std::string& name,
                               const std::string& tool = "plain");

// The script as it would be seen with each statement taking 1 ms and no locks read, on a server
// that sets no timeout. SET LOCAL counts until COMMIT, as in a transaction.
observe::MigrationObservation ran(const std::string& script);

}  // namespace rehearse::test
