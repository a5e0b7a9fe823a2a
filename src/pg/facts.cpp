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

RelationMap relations_from(int rows, const Cell& cell, int first_column) {
    RelationMap relations;
    for (int row = 0; row < rows; ++row) {
        const auto at = [&](int column) { return cell(row, first_column + column); };
        if (at(0) == nullptr) continue;
        RelationFacts facts;
        facts.oid = oid(at(0));
        facts.name = {without_quotes(string(at(1))), string(at(2))};
        facts.relkind = *at(3);
        facts.relfilenode = oid(at(4));
        facts.file = string(at(5));
        facts.table_of_index = oid(at(6));
        facts.index_is_valid = boolean(at(7));
        relations.emplace(facts.oid, std::move(facts));
    }
    return relations;
}

LockReading locks_from(int rows, const Cell& cell) {
    LockReading reading;
    reading.wal_position = std::strtoull(cell(0, 0), nullptr, 10);
    for (int row = 0; row < rows; ++row) {
        const char* relation = cell(row, 1);
        if (relation == nullptr) continue;
        const std::optional<LockMode> mode = lock_mode_from(cell(row, 2));
        if (!mode) continue;
        reading.locks.push_back({oid(relation), *mode, *cell(row, 3) == 't', cell(row, 4)});
    }
    return reading;
}

NamedLockReading named_locks_from(int rows, const Cell& cell) {
    constexpr int kFirstFact = 5;
    return {locks_from(rows, cell), relations_from(rows, cell, kFirstFact)};
}

}  // namespace rehearse::pg
