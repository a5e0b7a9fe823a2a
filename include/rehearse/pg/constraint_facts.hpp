#pragma once

#include "rehearse/pg/performer_session.hpp"
#include "rehearse/pg/types.hpp"

#include <optional>
#include <string>
#include <vector>

namespace rehearse::pg {

struct TableOfConstraint {
    RelationName name;
    bool is_partitioned = false;
    std::vector<std::string> primary_key;  // pg_attribute.attname
};

// pg_constraint
struct ConstraintFacts {
    char type = ' ';                                       // contype
    bool no_inherit = false;                               // connoinherit
    bool match_full = false;                               // confmatchtype
    std::string condition;                                 // pg_get_expr(conbin)
    RelationName referenced;                               // confrelid
    std::vector<std::string> columns, referenced_columns;  // conkey, confkey
};

// pg_partitioned_table
struct PartitionedTable {
    std::string key;                       // pg_get_partkeydef(): "RANGE (at)"
    std::optional<std::string> condition;  // on its rows, where it is a partition itself
    // True for a row that belongs in one of its partitions, the default one left out; nullopt when
    // there are none.
    std::optional<std::string> place_is_taken;
    std::optional<RelationName> default_partition;
    std::vector<std::string> tree;  // pg_class.relname of the topmost parent and all below it
};

// As the performer's session sees them, with its search_path. `table` is quoted where it needs it.
// nullopt when there is no such thing, or when the session may not ask.
std::optional<TableOfConstraint> read_table_of_constraint(PerformerSession& session,
                                                          const std::string& table);
std::optional<ConstraintFacts> read_constraint(PerformerSession& session, const std::string& table,
                                               const std::string& name);
// A partition or an inheriting table, at any depth, or the table itself.
bool is_child_of(PerformerSession& session, const std::string& child, const std::string& parent);
std::optional<PartitionedTable> read_partitioned_table(PerformerSession& session,
                                                       const std::string& table);
// pg_get_partition_constraintdef()
std::optional<std::string> read_partition_condition(PerformerSession& session,
                                                    const std::string& partition);
// The condition of a domain's CHECK; it says VALUE.
std::optional<std::string> read_domain_condition(PerformerSession& session,
                                                 const std::string& domain,
                                                 const std::string& name);

}  // namespace rehearse::pg
