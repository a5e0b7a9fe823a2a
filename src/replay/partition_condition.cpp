#include "partition_condition.hpp"

#include "rehearse/base/text.hpp"
#include "rehearse/pg/constraint_facts.hpp"

#include "uncounted.hpp"
#include "violating_rows.hpp"

#include <algorithm>
#include <optional>
#include <utility>
#include <vector>

namespace rehearse::replay {

namespace {

constexpr const char* kParent = "pg_temp.rehearse_parent";
constexpr const char* kPartition = "pg_temp.rehearse_partition";

// What the server does not have, or does not let us do; nullopt when both tables are there.
std::optional<pg::ServerError> make_twins(const sql::AddedConstraint& constraint,
                                          const std::string& key, pg::PerformerSession& performer) {
    const std::string twins[] = {std::string{"CREATE TABLE "} + kParent + " (LIKE " +
                                     quoted_relation(constraint.partition_of) + ") PARTITION BY " +
                                     key,
                                 std::string{"CREATE TABLE "} + kPartition + " PARTITION OF " +
                                     kParent + " " + constraint.bound};
    for (const std::string& twin : twins) {
        pg::ExecuteResult made = performer.execute(twin);
        if (made.error) return std::move(made.error);
    }
    return std::nullopt;
}

bool is_in(const std::optional<pg::RelationName>& table, const pg::ServerError& error,
           pg::PerformerSession& performer) {
    return table &&
           pg::is_child_of(performer, quoted_relation(error.relation), quoted_relation(*table));
}

}  // namespace

std::string complete_partition(sql::AddedConstraint& constraint, const pg::ServerError& error,
                               const UndoneStatements& undone, pg::PerformerSession& performer) {
    const auto table =
        pg::read_partitioned_table(performer, quoted_relation(constraint.partition_of));
    if (!table) return kNotThere;
    // The bounds of all of them have a say in where a row belongs.
    if (std::any_of(table->tree.begin(), table->tree.end(), [&undone](const std::string& name) {
            return undone.changed({"", name});
        })) {
        return kTableChanged;
    }
    std::vector<std::string> demands;
    if (table->condition) demands.push_back(*table->condition);
    if (!constraint.is_default) {
        if (const auto refused = make_twins(constraint, table->key, performer))
            return "the bound could not be tried, SQLSTATE " + refused->sqlstate.code;
        const auto bound = pg::read_partition_condition(performer, kPartition);
        if (!bound) return kNotThere;
        if (is_in(table->default_partition, error, performer)) {
            constraint.relation = *table->default_partition;
            constraint.condition = "NOT (" + *bound + ")";
            return "";
        }
        demands.push_back(*bound);
    } else if (table->place_is_taken) {
        demands.push_back("NOT (" + *table->place_is_taken + ")");
    }
    const auto partition =
        pg::read_table_of_constraint(performer, quoted_relation(constraint.relation));
    if (!partition || demands.empty()) return kNotThere;
    constraint.relation = partition->name;
    constraint.condition = "(" + join(demands, ") AND (") + ")";
    return "";
}

}  // namespace rehearse::replay
