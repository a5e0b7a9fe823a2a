#include "rehearse/pg/performer_session.hpp"

#include "rehearse/base/error.hpp"
#include "rehearse/base/interrupt.hpp"

#include "connection.hpp"
#include "facts.hpp"
#include "messages.hpp"
#include "performer_impl.hpp"

#include <array>
#include <cstdlib>

namespace rehearse::pg {

namespace {

// The LOG lines about temporary files are read back.
constexpr const char* kOptions = "-c lc_messages=C";
constexpr const char* kTempBytesOptions = " -c log_temp_files=0 -c client_min_messages=log";

// The one prepared statement that stays in the session.
constexpr const char* kOwnLocks = "rehearse_own_locks";

Cell cells_of(const PGresult* result) {
    return [result](int row, int column) -> const char* {
        return PQgetisnull(result, row, column) == 1 ? nullptr : PQgetvalue(result, row, column);
    };
}

}  // namespace

PerformerSession::PerformerSession(const ConnInfo& where, bool reports_temp_bytes)
    : impl_{std::make_unique<Impl>()} {
    const std::string options =
        std::string{kOptions} + (reports_temp_bytes ? kTempBytesOptions : "");
    impl_->connection.reset(
        PQconnectdb(connection_string(where, "rehearse performer", options).c_str()));
    PGconn* connection = impl_->connection.get();
    if (PQstatus(connection) != CONNECTION_OK) {
        throw Error{ErrorKind::scratch, "cannot connect to the scratch server: " +
                                            first_message(PQerrorMessage(connection))};
    }
    impl_->version = {PQserverVersion(connection)};
    PQsetNoticeReceiver(connection, &Impl::take_notice, impl_.get());
}

PerformerSession::PerformerSession(PerformerSession&&) noexcept = default;
PerformerSession& PerformerSession::operator=(PerformerSession&&) noexcept = default;
PerformerSession::~PerformerSession() = default;

ExecuteResult PerformerSession::execute(const std::string& sql,
                                        std::optional<Millis> give_up_after) {
    return impl_->run(sql, nullptr, give_up_after);
}

ExecuteResult PerformerSession::copy_in(
    const std::string& sql, const std::function<std::size_t(std::span<char>)>& next_chunk,
    std::optional<Millis> give_up_after) {
    return impl_->run(sql, &next_chunk, give_up_after);
}

// Extended protocol, unnamed statement: nothing stays in the session that the file could see or
// deallocate.
Result PerformerSession::Impl::ask(const queries::Query& query, const std::vector<Oid>* oids) {
    const std::string sql{body_of(query)};
    const std::string array = oids != nullptr ? oid_array(*oids) : "";
    const std::array<const char*, 1> values{array.c_str()};
    Result result{PQexecParams(connection.get(), sql.c_str(), oids != nullptr ? 1 : 0, nullptr,
                               values.data(), nullptr, nullptr, 0)};
    if (PQstatus(connection.get()) == CONNECTION_BAD) throw_lost();
    if (PQresultStatus(result.get()) != PGRES_TUPLES_OK) {
        throw Error{ErrorKind::scratch, "the scratch server refused " + std::string{query.name} +
                                            ": " + error_from(result.get()).message};
    }
    return result;
}

Result PerformerSession::Impl::ask_own_locks() {
    const std::string pid = std::to_string(PQbackendPID(connection.get()));
    const std::array<const char*, 1> values{pid.c_str()};
    Result result{
        PQexecPrepared(connection.get(), kOwnLocks, 1, values.data(), nullptr, nullptr, 0)};
    if (PQstatus(connection.get()) == CONNECTION_BAD) throw_lost();
    return result;
}

TransactionState PerformerSession::transaction_state() const {
    switch (PQtransactionStatus(impl_->connection.get())) {
        case PQTRANS_IDLE:
            return TransactionState::idle;
        case PQTRANS_INTRANS:
            return TransactionState::in_transaction;
        case PQTRANS_INERROR:
            return TransactionState::in_failed_transaction;
        default:
            return TransactionState::unknown;
    }
}

RelationMap PerformerSession::read_relations(const std::vector<Oid>& oids) {
    if (oids.empty()) return {};
    const Result found = impl_->ask(queries::kRelationsByOid, &oids);
    return relations_from(PQntuples(found.get()), cells_of(found.get()));
}

std::optional<ActivityReading> PerformerSession::prepare_own_locks() {
    constexpr std::string_view kDuplicate = "42P05";  // duplicate_prepared_statement
    constexpr int kShortestTimeoutMs = 1000;
    PGconn* connection = impl_->connection.get();
    const std::string sql{body_of(queries::kOwnLocks)};
    const Result prepared{PQprepare(connection, kOwnLocks, sql.c_str(), 1, nullptr)};
    if (PQstatus(connection) == CONNECTION_BAD) impl_->throw_lost();
    if (PQresultStatus(prepared.get()) != PGRES_COMMAND_OK &&
        !error_from(prepared.get()).sqlstate.is(kDuplicate)) {
        return std::nullopt;
    }
    const Result tried = impl_->ask_own_locks();
    if (PQresultStatus(tried.get()) != PGRES_TUPLES_OK) return std::nullopt;
    const Result timeout = impl_->ask(queries::kStatementTimeout, nullptr);
    const int limit = std::atoi(PQgetvalue(timeout.get(), 0, 0));
    if (limit != 0 && limit < kShortestTimeoutMs) return std::nullopt;
    return own_locks_from(PQntuples(tried.get()), cells_of(tried.get())).activity;
}

NamedLockReading PerformerSession::read_own_locks() {
    const Result found = impl_->ask_own_locks();
    if (PQresultStatus(found.get()) != PGRES_TUPLES_OK) {
        throw Error{ErrorKind::scratch, "the scratch server refused to tell the locks: " +
                                            error_from(found.get()).message};
    }
    return own_locks_from(PQntuples(found.get()), cells_of(found.get()));
}

ActivityReading PerformerSession::read_activity(const std::vector<Oid>& oids) {
    if (oids.empty()) return {};
    const Result found = impl_->ask(queries::kRowActivity, &oids);
    return activity_from(PQntuples(found.get()), cells_of(found.get()));
}

std::optional<ActivityReading> PerformerSession::try_activity(const std::vector<Oid>& oids) {
    try {
        return read_activity(oids);
    } catch (const Error&) {
        if (PQstatus(impl_->connection.get()) == CONNECTION_BAD) throw;
        return std::nullopt;
    }
}

bool PerformerSession::report_activity() {
    constexpr int kFirstMajor = 15;
    return impl_->version.major() >= kFirstMajor &&
           !ask(std::string{queries::kReportActivity.text}).error;
}

SizeMap PerformerSession::read_table_sizes(const std::vector<Oid>& oids) {
    if (oids.empty()) return {};
    const Result found = impl_->ask(queries::kSizesOfTables, &oids);
    return sizes_from(PQntuples(found.get()), cells_of(found.get()));
}

Answer PerformerSession::ask(const std::string& query, const std::vector<std::string>& parameters) {
    PGconn* connection = impl_->connection.get();
    impl_->cancelled = impl_->interrupted = false;
    impl_->deadline.reset();
    std::vector<const char*> values;
    for (const std::string& parameter : parameters) values.push_back(parameter.c_str());
    if (PQsendQueryParams(connection, query.c_str(), static_cast<int>(values.size()), nullptr,
                          values.data(), nullptr, nullptr, 0) == 0) {
        impl_->throw_lost();
    }
    Answer told;
    while (const Result part = impl_->next_result()) {
        if (PQresultStatus(part.get()) != PGRES_TUPLES_OK) {
            told.error = error_from(part.get());
            continue;
        }
        const Cell cell = cells_of(part.get());
        for (int row = 0; row < PQntuples(part.get()); ++row) {
            auto& values_of_row = told.rows.emplace_back();
            for (int column = 0; column < PQnfields(part.get()); ++column) {
                const char* value = cell(row, column);
                values_of_row.push_back(value != nullptr ? std::optional<std::string>{value}
                                                         : std::nullopt);
            }
        }
    }
    if (PQstatus(connection) == CONNECTION_BAD) impl_->throw_lost();
    if (impl_->interrupted) Interrupt::throw_if_requested();
    return told;
}

std::map<std::string, std::string> PerformerSession::show(
    const std::vector<std::string>& parameters) {
    PGconn* connection = impl_->connection.get();
    std::string sql;
    for (const std::string& name : parameters) sql += "SHOW " + name + ";";
    if (PQsendQuery(connection, sql.c_str()) == 0) impl_->throw_lost();
    std::map<std::string, std::string> values;
    std::optional<ServerError> error;
    while (const Result result{PQgetResult(connection)}) {
        if (PQresultStatus(result.get()) == PGRES_TUPLES_OK) {
            values[PQfname(result.get(), 0)] = PQgetvalue(result.get(), 0, 0);
        } else {
            error = error_from(result.get());
        }
    }
    if (PQstatus(connection) == CONNECTION_BAD) impl_->throw_lost();
    if (error) {
        throw Error{ErrorKind::scratch,
                    "the scratch server did not show its settings: " + error->message};
    }
    return values;
}

std::string PerformerSession::marker() {
    const Result found = impl_->ask(queries::kMarker, nullptr);
    return PQgetvalue(found.get(), 0, 0);
}

int PerformerSession::backend_pid() const {
    return PQbackendPID(impl_->connection.get());
}

ServerVersion PerformerSession::server_version() const {
    return impl_->version;
}

}  // namespace rehearse::pg
