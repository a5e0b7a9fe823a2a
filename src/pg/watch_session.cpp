#include "rehearse/pg/watch_session.hpp"

#include "rehearse/base/error.hpp"
#include "rehearse/base/text.hpp"

#include "connection.hpp"
#include "facts.hpp"

#include <cstdlib>
#include <memory>

namespace rehearse::pg {

namespace {

// jit would compile a query that is read a thousand times a second, and a server that logs
// statements for us would fill its log with ours.
constexpr const char* kOptions =
    "-c statement_timeout=10s -c jit=off -c log_statement=none -c log_min_duration_statement=-1";

Cell cells_of(const pqxx::result& result) {
    return [&result](int row, int column) -> const char* {
        const pqxx::field field = result[static_cast<pqxx::result::size_type>(row)]
                                        [static_cast<pqxx::row::size_type>(column)];
        return field.is_null() ? nullptr : field.c_str();
    };
}

int rows_of(const pqxx::result& result) {
    return static_cast<int>(result.size());
}

}  // namespace

struct WatchSession::Impl {
    Impl(const ConnInfo& where, const std::string& name, WhenLost when)
        : how{connection_string(where, name, kOptions)},
          when_lost{when},
          connection{std::make_unique<Connection>(how)} {}

    // What is asked can be asked again: the watched session has not moved meanwhile.
    template <typename... Arguments>
    pqxx::result run(const Arguments&... arguments) {
        try {
            return connection->run(arguments...);
        } catch (const Error&) {
            if (connection->is_open() || when_lost == WhenLost::throws) throw;
        }
        connection = std::make_unique<Connection>(how);
        return connection->run(arguments...);
    }

    const std::string how;
    const WhenLost when_lost;
    std::unique_ptr<Connection> connection;
};

WatchSession::WatchSession(const ConnInfo& where, const std::string& name, WhenLost when)
    : impl_{std::make_unique<Impl>(where, name, when)} {}
WatchSession::WatchSession(WatchSession&&) noexcept = default;
WatchSession& WatchSession::operator=(WatchSession&&) noexcept = default;
WatchSession::~WatchSession() = default;

LockReading WatchSession::read_locks(int pid) {
    const pqxx::result result = impl_->run(queries::kRelationLocks, std::to_string(pid));
    return locks_from(rows_of(result), cells_of(result), true);
}

BackendLocks WatchSession::read_backends_locks(const std::vector<int>& pids) {
    std::string array = "{";
    for (const int pid : pids) array += (array.size() > 1 ? "," : "") + std::to_string(pid);
    const pqxx::result result = impl_->run(queries::kBackendsLocks, quoted_literal(array + "}"));
    return backend_locks_from(rows_of(result), cells_of(result));
}

NamedLockReading WatchSession::read_named_locks(int pid) {
    const pqxx::result result = impl_->run(queries::kRelationLocksNamed, std::to_string(pid));
    return named_locks_from(rows_of(result), cells_of(result));
}

RelationMap WatchSession::read_relations(const std::vector<Oid>& oids) {
    if (oids.empty()) return {};
    const pqxx::result found =
        impl_->run(queries::kRelationsByOid, quoted_literal(oid_array(oids)));
    return relations_from(rows_of(found), cells_of(found));
}

Oid WatchSession::read_newest_relation() {
    return impl_->run(queries::kNewestRelation)[0][0].as<Oid>();
}

RelationMap WatchSession::read_all_relations() {
    const pqxx::result found = impl_->run(queries::kAllRelations);
    const Cell cell = cells_of(found);
    RelationMap relations = relations_from(rows_of(found), cell);
    constexpr int kBytes = 8;
    for (int row = 0; row < rows_of(found); ++row) {
        if (cell(row, kBytes) == nullptr) continue;
        relations.at(static_cast<Oid>(std::strtoul(cell(row, 0), nullptr, 10))).bytes =
            std::atoll(cell(row, kBytes));
    }
    return relations;
}

std::int64_t WatchSession::read_file_bytes(const std::string& file) {
    if (file.empty()) return 0;
    const pqxx::result size = impl_->run(queries::kSizeOfFile, quoted_literal(file));
    return size[0][0].as<std::int64_t>();
}

SizeMap WatchSession::read_table_sizes() {
    const pqxx::result found = impl_->run(queries::kTableSizes);
    return sizes_from(rows_of(found), cells_of(found));
}

SizeMap WatchSession::read_table_sizes(const std::vector<Oid>& oids) {
    if (oids.empty()) return {};
    const pqxx::result found = impl_->run(queries::kSizesOfTables, quoted_literal(oid_array(oids)));
    return sizes_from(rows_of(found), cells_of(found));
}

ReportedActivity WatchSession::read_reported_activity() {
    const pqxx::result found = impl_->run(queries::kReportedActivity);
    return reported_from(rows_of(found), cells_of(found));
}

bool WatchSession::has_deferrable_triggers() {
    return !impl_->run(queries::kDeferrableTriggers).empty();
}

ShapeMap WatchSession::read_shapes(const std::vector<Oid>& oids) {
    if (oids.empty()) return {};
    const pqxx::result found =
        impl_->run(queries::kShapesOfRelations, quoted_literal(oid_array(oids)));
    return shapes_from(rows_of(found), cells_of(found));
}

std::map<Oid, Oid> WatchSession::read_inheritance() {
    std::map<Oid, Oid> parents;
    for (const auto& row : impl_->run(queries::kInheritance))
        parents[row[0].as<Oid>()] = row[1].as<Oid>();
    return parents;
}

std::vector<Procedure> WatchSession::read_procedures(const std::string& name) {
    std::vector<Procedure> procedures;
    for (const auto& row : impl_->run(queries::kProceduresNamed, quoted_literal(name)))
        procedures.push_back({row[0].as<std::string>(), row[1].as<std::string>()});
    return procedures;
}

std::vector<std::string> WatchSession::read_blockers(int pid) {
    std::vector<std::string> blockers;
    for (const auto& row : impl_->run(queries::kBlockers, std::to_string(pid)))
        blockers.push_back(row[0].as<std::string>());
    return blockers;
}

std::optional<ProgressRow> WatchSession::read_progress(int pid) {
    const pqxx::result found = impl_->run(queries::kStatementProgress, std::to_string(pid));
    if (found.empty()) return std::nullopt;
    const Cell cell = cells_of(found);
    const auto number = [&cell](int column) {
        return cell(0, column) == nullptr ? 0 : std::atoll(cell(0, column));
    };
    return ProgressRow{cell(0, 0), cell(0, 1), number(2), number(3)};
}

int WatchSession::socket() const {
    return impl_->connection->socket();
}

}  // namespace rehearse::pg
