#include "rehearse/pg/constraint_facts.hpp"

#include "connection.hpp"

namespace rehearse::pg {

std::optional<TableOfConstraint> read_table_of_constraint(PerformerSession& session,
                                                          const std::string& table) {
    const Answer told = session.ask(std::string{body_of(queries::kTableOfConstraint)}, {table});
    if (told.rows.empty()) return std::nullopt;
    const auto& first = told.rows.front();
    TableOfConstraint facts{{*first[0], *first[1]}, *first[2] == "t", {}};
    for (const auto& row : told.rows) {
        if (row[3]) facts.primary_key.push_back(*row[3]);
    }
    return facts;
}

std::optional<ConstraintFacts> read_constraint(PerformerSession& session, const std::string& table,
                                               const std::string& name) {
    const Answer told =
        session.ask(std::string{body_of(queries::kConstraintOfTable)}, {table, name});
    if (told.rows.empty()) return std::nullopt;
    const auto& first = told.rows.front();
    ConstraintFacts facts;
    facts.type = first[0]->front();
    facts.no_inherit = first[1] == "t";
    facts.match_full = first[2] == "t";
    facts.condition = first[3].value_or("");
    facts.referenced = {first[4].value_or(""), first[5].value_or("")};
    for (const auto& row : told.rows) {
        if (row[6]) facts.columns.push_back(*row[6]);
        if (row[7]) facts.referenced_columns.push_back(*row[7]);
    }
    return facts;
}

bool is_child_of(PerformerSession& session, const std::string& child, const std::string& parent) {
    return !session.ask(std::string{body_of(queries::kIsChildOf)}, {child, parent}).rows.empty();
}

std::optional<PartitionedTable> read_partitioned_table(PerformerSession& session,
                                                       const std::string& table) {
    const Answer told = session.ask(std::string{body_of(queries::kPartitionedTable)}, {table});
    if (told.rows.empty()) return std::nullopt;
    const auto& first = told.rows.front();
    PartitionedTable facts{*first[0], first[1], first[4], std::nullopt, {}};
    if (first[3]) facts.default_partition = RelationName{*first[2], *first[3]};
    const Answer tree = session.ask(std::string{body_of(queries::kPartitionTree)}, {table});
    for (const auto& row : tree.rows) facts.tree.push_back(*row[0]);
    return facts;
}

std::optional<std::string> read_partition_condition(PerformerSession& session,
                                                    const std::string& partition) {
    const Answer told =
        session.ask(std::string{body_of(queries::kPartitionCondition)}, {partition});
    if (told.rows.empty()) return std::nullopt;
    return told.rows.front()[0];
}

std::optional<std::string> read_domain_condition(PerformerSession& session,
                                                 const std::string& domain,
                                                 const std::string& name) {
    const Answer told =
        session.ask(std::string{body_of(queries::kConstraintOfDomain)}, {domain, name});
    if (told.rows.empty()) return std::nullopt;
    return told.rows.front()[0];
}

}  // namespace rehearse::pg
