#include "violations.hpp"

#include "rehearse/base/text.hpp"
#include "rehearse/pg/constraint_facts.hpp"
#include "rehearse/sql/constraint.hpp"
#include "rehearse/sql/script.hpp"

#include "partition_condition.hpp"
#include "uncounted.hpp"
#include "violating_rows.hpp"

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <utility>
#include <vector>

namespace rehearse::replay {

namespace {

using observe::Violations;
using sql::AddedConstraint;
using sql::ConstraintKind;

// Enough to read what the constraint is, whatever limit the count has.
constexpr Millis kForTheCatalog{1000};

// PostgreSQL manual, appendix A, class 23.
std::optional<ConstraintKind> kind_of(const pg::SqlState& sqlstate) {
    if (sqlstate.is("23502")) return ConstraintKind::not_null;
    if (sqlstate.is("23503")) return ConstraintKind::foreign_key;
    if (sqlstate.is("23505")) return ConstraintKind::unique;
    if (sqlstate.is("23514")) return ConstraintKind::check;
    return std::nullopt;
}

// Of a statement that adds several, the one that the server named. nullopt where it cannot be told.
std::optional<AddedConstraint> violated(std::vector<AddedConstraint> added, ConstraintKind kind,
                                        const std::string& name) {
    std::erase_if(added, [&](const AddedConstraint& one) {
        return one.is_in_catalog ? one.name != name : one.kind != kind;
    });
    const auto named = std::find_if(added.begin(), added.end(),
                                    [&](const AddedConstraint& one) { return one.name == name; });
    if (named == added.end() && added.size() != 1) return std::nullopt;
    AddedConstraint found = named != added.end() ? *named : added.front();
    found.kind = kind;
    return found;
}

// The NOT NULLs of a statement count as one: the server stops at the first row where one fails.
std::optional<AddedConstraint> violated_not_nulls(const std::vector<AddedConstraint>& added) {
    std::optional<AddedConstraint> all;
    for (const AddedConstraint& one : added) {
        if (one.is_in_catalog || one.kind != ConstraintKind::not_null) continue;
        if (one.keys.empty()) return one;
        if (all) {
            all->keys.insert(all->keys.end(), one.keys.begin(), one.keys.end());
        } else {
            all = one;
        }
    }
    return all;
}

// Where the text does not tell, the server names the column: of a key that takes an index, of a NOT
// NULL with a name (18).
std::optional<AddedConstraint> violated_column(const std::string& sql,
                                               const pg::ServerError& error) {
    const sql::Classification classification = sql::classify(sql);
    if (classification.kind != sql::StatementKind::alter_table || error.column.empty() ||
        classification.relations.empty())
        return std::nullopt;
    AddedConstraint constraint;
    constraint.kind = ConstraintKind::not_null;
    constraint.relation = classification.relations.front();
    constraint.keys = {quoted_identifier(error.column)};
    return constraint;
}

// Of a column of that type, the first where the server found a row.
std::optional<AddedConstraint> violated_domain(AddedConstraint constraint, ConstraintKind kind,
                                               const pg::ServerError& error) {
    if (error.column.empty()) return std::nullopt;
    constraint.kind = kind;
    constraint.relation = error.relation;
    constraint.keys = {quoted_identifier(error.column)};
    return constraint;
}

std::vector<std::string> quoted(const std::vector<std::string>& names) {
    std::vector<std::string> identifiers;
    for (const std::string& name : names) identifiers.push_back(quoted_identifier(name));
    return identifiers;
}

bool complete_from_catalog(AddedConstraint& constraint, pg::PerformerSession& performer) {
    if (!constraint.domain.empty()) {
        const auto condition =
            pg::read_domain_condition(performer, constraint.domain, constraint.name);
        constraint.condition = condition.value_or("");
        return condition.has_value();
    }
    const auto facts =
        pg::read_constraint(performer, quoted_relation(constraint.relation), constraint.name);
    if (!facts) return false;
    constraint.only = constraint.only || facts->no_inherit;
    constraint.keys = quoted(facts->columns);
    constraint.condition = facts->condition;
    constraint.referenced = facts->referenced;
    constraint.referenced_keys = quoted(facts->referenced_columns);
    constraint.match_full = facts->match_full;
    return true;
}

// What the text leaves to the catalog. Returns why it cannot; empty when it could. A unique and a
// foreign key are of one table without those that inherit from it, but of all its partitions.
std::string complete(AddedConstraint& constraint, pg::PerformerSession& performer) {
    const auto table =
        pg::read_table_of_constraint(performer, quoted_relation(constraint.relation));
    if (!table) return kNotThere;
    if (constraint.is_in_catalog && !complete_from_catalog(constraint, performer)) return kNotThere;
    const bool is_foreign_key = constraint.kind == ConstraintKind::foreign_key;
    const bool is_of_one = is_foreign_key || constraint.kind == ConstraintKind::unique;
    constraint.relation = table->name;
    constraint.only = !table->is_partitioned && (constraint.only || is_of_one);
    if (!is_foreign_key) return "";

    const auto referenced =
        pg::read_table_of_constraint(performer, quoted_relation(constraint.referenced));
    if (!referenced) return kNotThere;
    constraint.referenced_only = !referenced->is_partitioned;
    if (constraint.referenced_keys.empty())
        constraint.referenced_keys = quoted(referenced->primary_key);
    return constraint.keys.size() == constraint.referenced_keys.size() ? "" : kNotThere;
}

// The server's words may quote a value; its SQLSTATE does not.
void take_answer(Violations& violations, const pg::Answer& told) {
    if (told.error) {
        const pg::SqlState& sqlstate = told.error->sqlstate;
        if (sqlstate.is("57014")) {
            violations.is_complete = false;
        } else if (sqlstate.is("42703") || sqlstate.is("42883")) {  // a column, a function
            violations.why_not = kNotThere;
        } else {
            violations.why_not = "the count failed with SQLSTATE " + sqlstate.code;
        }
        return;
    }
    const auto number = [&told](std::size_t column) {
        return std::atoll(told.rows.at(0).at(column).value_or("").c_str());
    };
    violations.rows = number(0);
    if (violations.kind == ConstraintKind::unique) violations.duplicate_keys = number(1);
    // The server found one: it counts otherwise than we do.
    if (violations.rows == 0) {
        violations.rows.reset();
        violations.duplicate_keys.reset();
        violations.why_not = "the count found none after the rollback";
    }
}

// The server names the table where it found the first row: a partition perhaps, or none of the
// statement's, where a function that it calls inserts elsewhere.
bool is_about(const AddedConstraint& constraint, const pg::ServerError& error,
              pg::PerformerSession& performer) {
    return error.relation.name.empty() ||
           pg::is_child_of(performer, quoted_relation(error.relation),
                           quoted_relation(constraint.relation));
}

// In a transaction that reads and is rolled back, with the settings that the statement had. nullopt
// where the error is another table's.
std::optional<Violations> count(AddedConstraint constraint, const pg::ServerError& error,
                                const UndoneStatements& undone, Millis limit,
                                pg::PerformerSession& performer) {
    Violations violations;
    violations.kind = constraint.kind;
    violations.relation = constraint.relation;
    violations.limit = limit;
    if (undone.changed_rows()) {
        violations.why_not = kRowsChanged;
        return violations;
    }
    performer.execute("BEGIN READ WRITE");
    for (const std::string& setting : undone.settings()) performer.execute(setting);
    const auto limit_to = [&performer](Millis most) {
        const auto milliseconds = std::max(1LL, std::llround(most.count()));  // 0 is no limit
        performer.execute("SET LOCAL lock_timeout = 0");
        performer.execute("SET LOCAL statement_timeout = " + std::to_string(milliseconds));
    };
    limit_to(std::max(limit, kForTheCatalog));
    violations.why_not = constraint.bound.empty()
                             ? complete(constraint, performer)
                             : complete_partition(constraint, error, undone, performer);
    performer.execute("SET LOCAL transaction_read_only = on");
    bool is_anothers = false;
    if (undone.changed(constraint.relation) || undone.changed(constraint.referenced)) {
        violations.why_not = kTableChanged;
    } else if (violations.why_not.empty() && !is_about(constraint, error, performer)) {
        is_anothers = true;
    } else if (violations.why_not.empty()) {
        violations.relation = constraint.relation;
        limit_to(limit);
        take_answer(violations, performer.ask(violating_rows_query(constraint)));
    }
    performer.execute("ROLLBACK");
    return is_anothers ? std::nullopt : std::optional{violations};
}

}  // namespace

std::optional<Violations> count_violations(const std::string& sql, const pg::ServerError& error,
                                           const UndoneStatements& undone, Millis limit,
                                           pg::PerformerSession& performer) {
    const auto kind = kind_of(error.sqlstate);
    if (!kind) return std::nullopt;
    const std::vector<AddedConstraint> added = sql::constraints_added_by(sql);
    std::optional<AddedConstraint> constraint;
    if (!added.empty() && !added.front().domain.empty()) {
        constraint = violated_domain(added.front(), *kind, error);
    } else if (*kind == ConstraintKind::not_null) {
        constraint = violated_not_nulls(added);
        if (!constraint) constraint = violated_column(sql, error);
    } else {
        constraint = violated(added, *kind, error.constraint);
    }
    if (!constraint) return std::nullopt;
    return count(*constraint, error, undone, limit, performer);
}

}  // namespace rehearse::replay
