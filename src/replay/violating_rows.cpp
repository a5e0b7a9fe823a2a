#include "violating_rows.hpp"

#include "rehearse/base/text.hpp"

#include <vector>

namespace rehearse::replay {

namespace {

using sql::AddedConstraint;
using sql::ConstraintKind;

std::string source_of(const pg::RelationName& relation, bool only) {
    return (only ? "ONLY " : "") + quoted_relation(relation);
}
std::string source_of(const AddedConstraint& constraint) {
    return source_of(constraint.relation, constraint.only);
}

// IS NULL of a composite value looks into it; a constraint does not, and neither does this.
std::string is_null(const std::string& key) {
    return key + " IS NOT DISTINCT FROM NULL";
}
std::string is_not_null(const std::string& key) {
    return key + " IS DISTINCT FROM NULL";
}

std::string duplicates_query(const AddedConstraint& constraint) {
    std::vector<std::string> named;
    std::vector<std::string> names;
    std::vector<std::string> filled;
    for (const std::string& key : constraint.keys) {
        names.push_back("k" + std::to_string(names.size() + 1));
        named.push_back(key + " AS " + names.back());
        filled.push_back(is_not_null(names.back()));
    }
    std::string query =
        "SELECT coalesce(sum(n), 0)::bigint, count(*) FROM (SELECT count(*) AS n FROM (SELECT " +
        join(named, ", ") + " FROM " + source_of(constraint);
    if (!constraint.condition.empty()) query += " WHERE (" + constraint.condition + ")";
    query += ") AS keyed";
    if (!constraint.nulls_are_equal) query += " WHERE " + join(filled, " AND ");
    return query + " GROUP BY " + join(names, ", ") + " HAVING count(*) > 1) AS duplicates";
}

std::string nulls_query(const AddedConstraint& constraint) {
    std::string query = "SELECT count(*) FROM " + source_of(constraint);
    std::vector<std::string> empty;
    for (const std::string& key : constraint.keys) empty.push_back(is_null(key));
    if (!empty.empty()) query += " WHERE " + join(empty, " OR ");
    return query;
}

// MATCH SIMPLE passes a row where any of its columns is null, MATCH FULL only one where all are.
std::string orphans_query(const AddedConstraint& constraint) {
    std::vector<std::string> filled;
    std::vector<std::string> equal;
    for (std::size_t i = 0; i < constraint.keys.size(); ++i) {
        filled.push_back(is_not_null("f." + constraint.keys[i]));
        equal.push_back("p." + constraint.referenced_keys[i] + " = f." + constraint.keys[i]);
    }
    return "SELECT count(*) FROM " + source_of(constraint) + " AS f WHERE (" +
           join(filled, constraint.match_full ? " OR " : " AND ") +
           ") AND NOT EXISTS (SELECT FROM " +
           source_of(constraint.referenced, constraint.referenced_only) + " AS p WHERE " +
           join(equal, " AND ") + ")";
}

// A domain's condition says VALUE: in a query that is the name of a column.
std::string checked_query(const AddedConstraint& constraint) {
    const std::string source = constraint.domain.empty()
                                   ? source_of(constraint)
                                   : "(SELECT " + constraint.keys.front() + " AS value FROM " +
                                         source_of(constraint) + ") AS of_domain";
    return "SELECT count(*) FROM " + source + " WHERE NOT (" + constraint.condition + ")";
}

}  // namespace

std::string quoted_relation(const pg::RelationName& relation) {
    const std::string name = quoted_identifier(relation.name);
    return relation.schema.empty() ? name : quoted_identifier(relation.schema) + "." + name;
}

std::string violating_rows_query(const AddedConstraint& constraint) {
    switch (constraint.kind) {
        case ConstraintKind::unique:
            return duplicates_query(constraint);
        case ConstraintKind::not_null:
            return nulls_query(constraint);
        case ConstraintKind::check:
            return checked_query(constraint);
        case ConstraintKind::foreign_key:
            return orphans_query(constraint);
    }
    return "";
}

}  // namespace rehearse::replay
