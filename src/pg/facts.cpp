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

std::int64_t number(const char* text) {
    return text == nullptr ? 0 : std::strtoll(text, nullptr, 10);
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

// An oid and four counters. A row without an oid is nobody's.
ActivityMap activity_map_from(int rows, const Cell& cell, int first_column) {
    ActivityMap activity;
    for (int row = 0; row < rows; ++row) {
        const auto at = [&](int column) { return number(cell(row, first_column + column)); };
        if (cell(row, first_column) == nullptr) continue;
        activity[oid(cell(row, first_column))] = {at(1), at(2), at(3), at(4)};
    }
    return activity;
}

ActivityReading activity_from(int rows, const Cell& cell, int first_column) {
    ActivityReading reading;
    // Where each row counts anew, the reading itself is in it from the second on.
    if (rows > 0) reading.mark = number(cell(0, first_column));
    reading.relations = activity_map_from(rows, cell, first_column + 1);
    return reading;
}

ReportedActivity reported_from(int rows, const Cell& cell) {
    ReportedActivity reported;
    if (rows > 0) reported.rollbacks = number(cell(0, 0));
    reported.relations = activity_map_from(rows, cell, 1);
    return reported;
}

SizeMap sizes_from(int rows, const Cell& cell) {
    SizeMap sizes;
    for (int row = 0; row < rows; ++row) sizes[oid(cell(row, 0))] = number(cell(row, 1));
    return sizes;
}

ShapeMap shapes_from(int rows, const Cell& cell) {
    enum { relation, schema, relation_name, relkind, kind, part, name, type, is_set, other_oid };
    ShapeMap shapes;
    for (int row = 0; row < rows; ++row) {
        RelationShape& shape = shapes[oid(cell(row, relation))];
        const std::string what = string(cell(row, kind));
        if (what.empty()) {
            shape.name = {without_quotes(string(cell(row, schema))),
                          string(cell(row, relation_name))};
            shape.relkind = *cell(row, relkind);
            shape.table_of_index = oid(cell(row, other_oid));
        } else if (what == "column") {
            shape.columns[static_cast<int>(number(cell(row, part)))] = {
                string(cell(row, name)), string(cell(row, type)), boolean(cell(row, is_set)),
                oid(cell(row, other_oid))};
        } else {
            shape.constraints[oid(cell(row, part))] = {string(cell(row, name)), *cell(row, type),
                                                       boolean(cell(row, is_set))};
        }
    }
    return shapes;
}

LockReading locks_from(int rows, const Cell& cell, bool has_locktype) {
    constexpr int kLocktype = 5;
    LockReading reading;
    reading.wal_position = std::strtoull(cell(0, 0), nullptr, 10);
    for (int row = 0; row < rows; ++row) {
        const char* relation = cell(row, 1);
        if (relation == nullptr) {
            if (has_locktype && cell(row, kLocktype) != nullptr)
                reading.awaited = cell(row, kLocktype);
            continue;
        }
        const std::optional<LockMode> mode = lock_mode_from(cell(row, 2));
        if (!mode) continue;
        reading.locks.push_back({oid(relation), *mode, *cell(row, 3) == 't', cell(row, 4)});
    }
    return reading;
}

BackendLocks backend_locks_from(int rows, const Cell& cell) {
    BackendLocks locks;
    for (int row = 0; row < rows; ++row) {
        BackendLock lock;
        lock.pid = static_cast<int>(number(cell(row, 0)));
        lock.row.virtualtransaction = string(cell(row, 4));
        if (cell(row, 1) != nullptr) {
            const std::optional<LockMode> mode = lock_mode_from(cell(row, 2));
            if (!mode) continue;
            lock.row.relation = oid(cell(row, 1));
            lock.row.mode = *mode;
            lock.row.granted = *cell(row, 3) == 't';
        }
        locks.push_back(std::move(lock));
    }
    return locks;
}

NamedLockReading named_locks_from(int rows, const Cell& cell) {
    constexpr int kFirstFact = 5;
    return {locks_from(rows, cell, false), relations_from(rows, cell, kFirstFact), {}};
}

NamedLockReading own_locks_from(int rows, const Cell& cell) {
    constexpr int kFirstOfActivity = 13;
    NamedLockReading reading = named_locks_from(rows, cell);
    reading.activity = activity_from(rows, cell, kFirstOfActivity);
    return reading;
}

}  // namespace rehearse::pg
