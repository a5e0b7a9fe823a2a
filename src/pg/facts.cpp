#include "facts.hpp"

#include <cstdlib>

namespace rehearse::pg {

namespace {

Oid oid(const char* text) {
    return text == nullptr ? 0 : static_cast<Oid>(std::strtoul(text, nullptr, 10));
}

std::string string(const char* text) {
    return text == nullptr ? "" : text;
}

bool boolean(const char* text) {
    return text == nullptr || *text == 't';
}

// regnamespace prints an identifier, quoted where it needs to be.
std::string without_quotes(const std::string& identifier) {
    if (!identifier.starts_with('"')) return identifier;
    std::string name;
    for (std::size_t i = 1; i + 1 < identifier.size(); ++i) {
        name += identifier[i];
        if (identifier[i] == '"') ++i;
    }
    return name;
}

}  // namespace

RelationMap relations_from(int rows, const Cell& cell) {
    RelationMap relations;
    for (int row = 0; row < rows; ++row) {
        RelationFacts facts;
        facts.oid = oid(cell(row, 0));
        facts.name = {without_quotes(string(cell(row, 1))), string(cell(row, 2))};
        facts.relkind = *cell(row, 3);
        facts.relfilenode = oid(cell(row, 4));
        facts.file = string(cell(row, 5));
        relations.emplace(facts.oid, facts);
    }
    return relations;
}

void add_index_facts(RelationMap& relations, int rows, const Cell& cell) {
    for (int row = 0; row < rows; ++row) {
        const auto found = relations.find(oid(cell(row, 0)));
        if (found == relations.end()) continue;
        found->second.table_of_index = oid(cell(row, 1));
        found->second.index_is_valid = boolean(cell(row, 2));
    }
}

RelationMap all_relations_from(int rows, const Cell& cell) {
    RelationMap relations;
    for (int row = 0; row < rows; ++row) {
        RelationFacts facts;
        facts.oid = oid(cell(row, 0));
        facts.name = {string(cell(row, 1)), string(cell(row, 2))};
        facts.relkind = *cell(row, 3);
        facts.relfilenode = oid(cell(row, 4));
        facts.file = string(cell(row, 5));
        facts.bytes = cell(row, 6) == nullptr ? 0 : std::atoll(cell(row, 6));
        facts.table_of_index = oid(cell(row, 7));
        facts.index_is_valid = boolean(cell(row, 8));
        relations.emplace(facts.oid, facts);
    }
    return relations;
}

std::vector<Oid> indexes_among(const RelationMap& relations) {
    std::vector<Oid> indexes;
    for (const auto& [index, facts] : relations) {
        if (facts.is_index()) indexes.push_back(index);
    }
    return indexes;
}

}  // namespace rehearse::pg
