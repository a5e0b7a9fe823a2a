#include "rehearse/pg/performer_session.hpp"

#include "rehearse/base/error.hpp"
#include "rehearse/base/interrupt.hpp"
#include "rehearse/base/text.hpp"

#include "connection.hpp"
#include "facts.hpp"
#include "messages.hpp"

#include <libpq-fe.h>
#include <poll.h>

#include <algorithm>
#include <array>
#include <cmath>

namespace rehearse::pg {

namespace {

using namespace std::chrono_literals;

// The LOG lines about temporary files are read back.
constexpr const char* kOptions = "-c lc_messages=C";
constexpr const char* kTempBytesOptions = " -c log_temp_files=0 -c client_min_messages=log";

// How long a statement may take to stop after it was cancelled.
constexpr auto kCancelPatience = 30s;
constexpr auto kInterruptPatience = 5s;

// The one prepared statement that stays in the session.
constexpr const char* kOwnLocks = "rehearse_own_locks";

constexpr std::size_t kCopyChunkBytes = 64 * 1024;
constexpr std::size_t kLongestNotice = 2000;

struct ResultDeleter {
    void operator()(PGresult* result) const { PQclear(result); }
};
using Result = std::unique_ptr<PGresult, ResultDeleter>;

struct ConnectionDeleter {
    void operator()(PGconn* connection) const { PQfinish(connection); }
};

Cell cells_of(const PGresult* result) {
    return [result](int row, int column) -> const char* {
        return PQgetisnull(result, row, column) == 1 ? nullptr : PQgetvalue(result, row, column);
    };
}

}  // namespace

struct PerformerSession::Impl {
    std::unique_ptr<PGconn, ConnectionDeleter> connection;
    ServerVersion version;
    // Where notices go: the answer of the statement that runs; nullptr between statements.
    ExecuteResult* answer = nullptr;
    std::uint64_t notices_left_out = 0;
    std::optional<Clock::time_point> deadline;
    bool cancelled = false;
    bool interrupted = false;

    using ChunkSource = std::function<std::size_t(std::span<char>)>;

    ExecuteResult run(const std::string& sql, const ChunkSource* copy_data,
                      std::optional<Millis> give_up_after);
    void take_result(const PGresult* result, const ChunkSource* copy_data);
    void send_copy_data(const ChunkSource* copy_data);
    bool send_chunk(std::span<const char> chunk);
    void flush();
    void drain_copy_data();
    Result next_result();
    void wait_for(short events);
    void stop_when_told();
    void cancel(Clock::duration patience);
    Result ask(const queries::Query& query, const std::vector<Oid>* oids);
    Result ask_own_locks();
    [[noreturn]] void throw_lost() const;
    static void take_notice(void* self, const PGresult* notice);
};

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

ExecuteResult PerformerSession::Impl::run(const std::string& sql, const ChunkSource* copy_data,
                                          std::optional<Millis> give_up_after) {
    ExecuteResult result;
    answer = &result;
    notices_left_out = 0;
    cancelled = interrupted = false;
    const auto started = Clock::now();
    deadline.reset();
    if (give_up_after)
        deadline = started + std::chrono::duration_cast<Clock::duration>(*give_up_after);

    if (PQsendQuery(connection.get(), sql.c_str()) == 0) throw_lost();
    // A SELECT's rows come one by one and are dropped: a large answer does not fill our memory.
    PQsetSingleRowMode(connection.get());
    while (const Result part = next_result()) take_result(part.get(), copy_data);
    result.elapsed = Clock::now() - started;

    answer = nullptr;
    if (PQstatus(connection.get()) == CONNECTION_BAD) {
        answer = &result;
        throw_lost();
    }
    if (interrupted) Interrupt::throw_if_requested();
    if (notices_left_out > 0) {
        result.notices.push_back(
            {"NOTICE", {"00000"}, std::to_string(notices_left_out) + " more notices left out"});
    }
    result.rows = rows_of_tag(result.command_tag);
    result.cancelled_by_us = cancelled && result.error && result.error->sqlstate.is("57014");
    return result;
}

void PerformerSession::Impl::take_result(const PGresult* result, const ChunkSource* copy_data) {
    switch (PQresultStatus(result)) {
        case PGRES_COMMAND_OK:
        case PGRES_TUPLES_OK:
            answer->command_tag = PQcmdStatus(const_cast<PGresult*>(result));
            break;
        case PGRES_COPY_IN:
            send_copy_data(copy_data);
            break;
        case PGRES_COPY_OUT:
            drain_copy_data();
            break;
        case PGRES_SINGLE_TUPLE:
            stop_when_told();
            break;
        case PGRES_EMPTY_QUERY:
            break;
        default:
            if (!answer->error) answer->error = error_from(result);
    }
}

// Waits for the next part of the answer; none after ReadyForQuery.
Result PerformerSession::Impl::next_result() {
    while (PQisBusy(connection.get()) == 1) {
        wait_for(POLLIN);
        if (PQconsumeInput(connection.get()) == 0) throw_lost();
        // A statement that sends notices without end is always readable and never done.
        if (PQisBusy(connection.get()) == 1) stop_when_told();
    }
    return Result{PQgetResult(connection.get())};
}

// Waits until the socket is ready, and no longer than the limit or an interrupt allow: then the
// statement is cancelled and its end awaited.
void PerformerSession::Impl::wait_for(short events) {
    for (;;) {
        int timeout = -1;
        if (deadline) {
            const Millis left = *deadline - Clock::now();
            timeout = static_cast<int>(std::clamp(std::ceil(left.count()), 0.0, 3.6e6));
        }
        std::array<pollfd, 2> waits{{{PQsocket(connection.get()), events, 0},
                                     {interrupted ? -1 : Interrupt::fd(), POLLIN, 0}}};
        poll(waits.data(), waits.size(), timeout);
        if (waits[0].revents != 0) return;
        stop_when_told();
    }
}

// Cancels the statement when an interrupt came or its limit has passed; throws when it does not
// stop even then.
void PerformerSession::Impl::stop_when_told() {
    if (!interrupted && Interrupt::requested()) {
        interrupted = true;
        cancel(kInterruptPatience);
    } else if (deadline && Clock::now() >= *deadline) {
        if (interrupted) Interrupt::throw_if_requested();
        if (cancelled) {
            throw Error{ErrorKind::scratch,
                        "the server did not stop a statement that was cancelled",
                        {"Look at the server's log: it may hang in an extension's code."}};
        }
        cancel(kCancelPatience);
    }
}

void PerformerSession::Impl::cancel(Clock::duration patience) {
    cancelled = true;
    deadline = Clock::now() + patience;
    if (PGcancel* handle = PQgetCancel(connection.get())) {
        std::array<char, 256> why{};
        PQcancel(handle, why.data(), static_cast<int>(why.size()));
        PQfreeCancel(handle);
    }
}

void PerformerSession::Impl::send_copy_data(const ChunkSource* copy_data) {
    if (copy_data == nullptr) {
        if (PQputCopyEnd(connection.get(), "no data follows the statement") != 1) throw_lost();
        return;
    }
    // Non-blocking, so that a server that takes no more data does not keep us from the limit.
    PQsetnonblocking(connection.get(), 1);
    std::vector<char> buffer(kCopyChunkBytes);
    bool complete = true;
    for (;;) {
        const std::size_t size = (*copy_data)(buffer);
        if (size == 0) break;
        complete = send_chunk({buffer.data(), size});
        if (!complete) break;
    }
    int sent = 0;
    while ((sent = PQputCopyEnd(connection.get(), complete ? nullptr : "cancelled")) == 0)
        wait_for(POLLOUT);
    if (sent < 0) throw_lost();
    flush();
    PQsetnonblocking(connection.get(), 0);
}

// False when the statement was cancelled meanwhile.
bool PerformerSession::Impl::send_chunk(std::span<const char> chunk) {
    if (PQputCopyData(connection.get(), chunk.data(), static_cast<int>(chunk.size())) < 0)
        throw_lost();
    flush();
    if (!cancelled) stop_when_told();
    return !cancelled;
}

void PerformerSession::Impl::flush() {
    while (PQflush(connection.get()) == 1) {
        wait_for(POLLIN | POLLOUT);
        if (PQconsumeInput(connection.get()) == 0) throw_lost();
    }
}

void PerformerSession::Impl::drain_copy_data() {
    for (;;) {
        char* row = nullptr;
        const int size = PQgetCopyData(connection.get(), &row, 1);
        if (row != nullptr) PQfreemem(row);
        if (size < 0) return;
        stop_when_told();
        if (size == 0) {
            wait_for(POLLIN);
            if (PQconsumeInput(connection.get()) == 0) throw_lost();
        }
    }
}

void PerformerSession::Impl::throw_lost() const {
    // A FATAL message that came before the end says more than "closed the connection".
    const std::string why = answer != nullptr && answer->error
                                ? answer->error->message
                                : first_message(PQerrorMessage(connection.get()));
    throw Error{
        ErrorKind::scratch,
        "the connection to the scratch server was lost: " + why,
        {"Look at the last lines of the server's log, and whether memory or disk ran out."}};
}

void PerformerSession::Impl::take_notice(void* self, const PGresult* result) {
    auto* impl = static_cast<Impl*>(self);
    if (impl->answer == nullptr) return;
    Notice notice = notice_from(result);
    if (notice.severity == "LOG") {
        impl->answer->temp_bytes += temp_bytes_in(notice);
    } else if (impl->answer->notices.size() < kMostNotices) {
        notice.message = shortened(notice.message, kLongestNotice);
        impl->answer->notices.push_back(std::move(notice));
    } else {
        ++impl->notices_left_out;
    }
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
