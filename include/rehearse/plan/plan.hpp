#pragma once

#include "rehearse/migrations/migration.hpp"
#include "rehearse/sql/script.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace rehearse::plan {

// What reading a migration's file once, before anything runs, told of it. Memory does not follow
// the file's size.
struct FileSurvey {
    std::uint64_t bytes = 0;
    std::uint64_t statements = 0;        // with text; meta-commands not counted
    bool controls_transactions = false;  // has BEGIN, COMMIT, ROLLBACK of its own
    // Statements that PostgreSQL refuses in a transaction block.
    std::uint64_t forbidden_in_transaction = 0;
    // "-- rehearse: allow <rule-id> because <reason>"
    struct Allowed {
        std::string rule;
        std::string reason;
        int line = 0;
    };
    std::vector<Allowed> allowed;
};

struct PlannedMigration {
    migrations::Migration migration;
    FileSurvey survey;
    bool in_change = true;  // added by this change (--since); all are where no ref was given
};

struct ReplayPlan {
    std::vector<PlannedMigration> migrations;
};

struct PlanOptions {
    std::vector<std::string> only;  // --only VERSION...
    std::string until;              // --until VERSION, included
};

// Those of the pending ones that --only and --until leave. Throws Error(usage) for an unknown
// version.
std::vector<migrations::Migration> selected(const std::vector<migrations::Migration>& pending,
                                            const PlanOptions& options);

// Reads every pending file and checks what can be checked without a server. Throws
// Error(migrations) naming file, line and column: not UTF-8, an unterminated quote or comment, a
// psql meta-command that a rehearsal cannot follow. An unknown version in the options is
// Error(usage).
ReplayPlan plan_replay(const std::vector<migrations::Migration>& pending,
                       const PlanOptions& options);

// The survey of one file; the same errors.
FileSurvey survey_file(const migrations::Migration& migration);

}  // namespace rehearse::plan
