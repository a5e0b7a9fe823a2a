#include "take/rights.hpp"

#include "rehearse/base/error.hpp"
#include "rehearse/base/text.hpp"

#include <set>

namespace rehearse::take {

namespace {

using Kind = pg::MissingRight::Kind;

// What is missing of one kind.
struct Missing {
    std::vector<std::string> names;  // quoted
    std::set<std::string> schemas;   // quoted
    std::int64_t count = 0;
};

Missing of_kind(Kind kind, const std::vector<pg::MissingRight>& missing) {
    Missing found;
    for (const auto& right : missing) {
        if (right.kind != kind) continue;
        found.schemas.insert(quoted_identifier(right.schema));
        found.names.push_back(kind == Kind::schema
                                  ? quoted_identifier(right.schema)
                                  : pg::RelationName{right.schema, right.name}.text());
        found.count += right.count;
    }
    return found;
}

std::string joined(const std::set<std::string>& names) {
    return join({names.begin(), names.end()}, ", ");
}

Error hint_at(Error error, const std::string& statement) {
    return error.with_hint("Have an owner or a superuser run: " + statement);
}

}  // namespace

void require_rights(const pg::ProductionIdentity& identity,
                    const std::vector<pg::MissingRight>& missing) {
    if (missing.empty()) return;
    const std::string role = quoted_identifier(identity.role);
    const Missing schemas = of_kind(Kind::schema, missing);
    const Missing tables = of_kind(Kind::table, missing);
    const Missing sequences = of_kind(Kind::sequence, missing);
    const Missing hidden_rows = of_kind(Kind::row_security, missing);
    const Missing large_objects = of_kind(Kind::large_objects, missing);
    const bool monitor = of_kind(Kind::monitor, missing).count > 0;
    const bool data = schemas.count + tables.count + sequences.count > 0;

    std::vector<std::string> lacks;
    if (monitor) lacks.emplace_back("pg_monitor");
    if (schemas.count > 0) lacks.push_back("USAGE on schema " + listed(schemas.names));
    if (tables.count > 0) lacks.push_back("SELECT on " + listed(tables.names));
    if (sequences.count > 0) lacks.push_back("SELECT on sequence " + listed(sequences.names));
    if (hidden_rows.count > 0)
        lacks.push_back("the rows that row security hides in " + listed(hidden_rows.names));
    if (large_objects.count > 0)
        lacks.push_back("SELECT on " + std::to_string(large_objects.count) + " large objects");
    Error error(ErrorKind::snapshot, "the role " + role + " may not take a snapshot of " +
                                         quoted_identifier(identity.database) + ": it lacks " +
                                         join(lacks, "; "));

    const bool has_read_all_data = identity.version.major() >= 14;
    std::vector<std::string> roles;
    if (monitor) roles.emplace_back("pg_monitor");
    if (data && has_read_all_data) roles.emplace_back("pg_read_all_data");
    if (!roles.empty()) error = hint_at(error, "GRANT " + join(roles, ", ") + " TO " + role + ";");
    if (data && !has_read_all_data) {
        if (schemas.count > 0) {
            error = hint_at(
                error, "GRANT USAGE ON SCHEMA " + joined(schemas.schemas) + " TO " + role + ";");
        }
        if (tables.count > 0) {
            error = hint_at(error, "GRANT SELECT ON ALL TABLES IN SCHEMA " +
                                       joined(tables.schemas) + " TO " + role + ";");
        }
        if (sequences.count > 0) {
            error = hint_at(error, "GRANT SELECT ON ALL SEQUENCES IN SCHEMA " +
                                       joined(sequences.schemas) + " TO " + role + ";");
        }
    }
    if (hidden_rows.count > 0) error = hint_at(error, "ALTER ROLE " + role + " BYPASSRLS;");
    if (large_objects.count > 0) {
        error.with_hint("Have their owner run GRANT SELECT ON LARGE OBJECT ... TO " + role +
                        ", or take the snapshot as a superuser.");
    }
    throw error;
}

}  // namespace rehearse::take
