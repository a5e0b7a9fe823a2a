#pragma once

#include "rehearse/base/time.hpp"
#include "rehearse/pg/performer_session.hpp"

#include "queries.hpp"

#include <libpq-fe.h>

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace rehearse::pg {

struct ResultDeleter {
    void operator()(PGresult* result) const { PQclear(result); }
};
using Result = std::unique_ptr<PGresult, ResultDeleter>;

struct ConnectionDeleter {
    void operator()(PGconn* connection) const { PQfinish(connection); }
};

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

}  // namespace rehearse::pg
