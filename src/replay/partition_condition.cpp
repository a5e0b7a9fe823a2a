#include "partition_condition.hpp"

#include "rehearse/pg/constraint_facts.hpp"

#include "violating_rows.hpp"

#include <optional>
#include <string>

namespace rehearse::replay {

namespace {

constexpr const char* kParent = "pg_temp.rehearse_parent";
constexpr const char* kPartition = "pg_temp.rehearse_partition";

std::optional<std::string> condition_of_bound(const std::string& bound, const std::string& parent,
                                              const std::string& key,
                                              pg::PerformerSession& performer) {
    const std::string twins[] = {
        std::string{"CREATE TABLE "} + kParent + " (LIKE " + parent + ") PARTITION BY " + key,
        std::string{"CREATE TABLE "} + kPartition + " PARTITION OF " + kParent + " " + bound};
    for (const std::string& twin : twins) {
        if (performer.execute(twin).error) return std::nullopt;
    }
    return pg::read_partition_condition(performer, kPartition);
}

// An empty condition is fulfilled by none: there are no other partitions.
std::string negated(const std::string& condition) {
    return condition.empty() ? "" : "NOT (" + condition + ")";
}

}  // namespace

bool complete_partition(sql::AddedConstraint& constraint, const pg::ServerError& error,
                        pg::PerformerSession& performer) {
    const std::string parent = quoted_relation(constraint.partition_of);
    const auto table = pg::read_partitioned_table(performer, parent);
    if (!table) return false;

    std::string demanded = negated(table->condition_of_others);
    if (!constraint.is_default) {
        const auto bound = condition_of_bound(constraint.bound, parent, table->key, performer);
        if (!bound) return false;
        demanded = *bound;
    }
    const bool is_in_default =
        table->default_partition && pg::is_child_of(performer, quoted_relation(error.relation),
                                                    quoted_relation(*table->default_partition));
    if (is_in_default) {
        constraint.relation = *table->default_partition;
        constraint.condition = negated(demanded);
        return true;
    }
    const auto partition =
        pg::read_table_of_constraint(performer, quoted_relation(constraint.relation));
    if (!partition) return false;
    constraint.relation = partition->name;
    for (const std::string& condition : {demanded, table->condition}) {
        if (condition.empty()) continue;
        constraint.condition += (constraint.condition.empty() ? "(" : " AND (") + condition + ")";
    }
    return !constraint.condition.empty();
}

}  // namespace rehearse::replay
