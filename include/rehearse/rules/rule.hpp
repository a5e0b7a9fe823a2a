#pragma once

#include "rehearse/observe/observation.hpp"
#include "rehearse/plan/plan.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace rehearse::rules {

enum class Severity { info, warning, danger };
std::string_view to_string(Severity severity);

// One rule's answer about one migration.
struct Finding {
    std::string rule;  // readable id, never reused
    Severity severity = Severity::warning;
    std::optional<std::size_t> statement;  // ordinal
    std::optional<int> line;
    std::optional<pg::RelationName> relation;
    std::string message;  // what was seen: "rewrote 4.1 GB, 31 M rows, under AccessExclusiveLock
                          // for 41.2 s"
    std::string instead;  // one line of prose; the lines after it are SQL
    observe::Evidence evidence = observe::Evidence::text;
    std::string allowed_because;  // silenced by "-- rehearse: allow"; empty otherwise
};

// Nothing in this module talks to PostgreSQL. A rule sees the plan and the observations, so an old
// report can be judged again.
struct RuleInput {
    const plan::PlannedMigration& planned;
    const observe::MigrationObservation& observed;
};

// The hold keeps readers or writers of a table out: not a TOAST table or composite type, which
// nobody waits for by itself, and not a relation that the same transaction made. An index does with
// AccessExclusiveLock: whoever plans a query opens every index of its tables (PostgreSQL manual,
// REINDEX, Notes).
bool keeps_users_out(const observe::LockHold& hold);
// Out of which: of an index its table.
const pg::RelationName& kept_from(const observe::LockHold& hold);

// A rule is data plus one function; one file each in src/rules/.
struct RuleInfo {
    std::string_view id;  // "table-rewrite"
    int checklist_rule;   // 1-8 of the checklist it serves
    std::string_view does_to_users;
    std::string_view instead;
    std::vector<Finding> (*check)(const RuleInput&);
};

const std::vector<RuleInfo>& all_rules();

// Every rule on one migration; suppressions applied; in the order of statements, then of rules.
std::vector<Finding> findings_of(const RuleInput& input);

}  // namespace rehearse::rules
