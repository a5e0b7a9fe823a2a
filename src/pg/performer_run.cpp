#include "rehearse/base/error.hpp"
#include "rehearse/base/interrupt.hpp"
#include "rehearse/base/text.hpp"

#include "messages.hpp"
#include "performer_impl.hpp"

#include <poll.h>

#include <algorithm>
#include <array>
#include <cmath>

// How the performer runs a statement: sends it, waits, feeds COPY, and cancels it when it is told.
namespace rehearse::pg {

namespace {

using namespace std::chrono_literals;

// How long a statement may take to stop after it was cancelled.
constexpr auto kCancelPatience = 30s;
constexpr auto kInterruptPatience = 5s;

constexpr std::size_t kCopyChunkBytes = 64 * 1024;
constexpr std::size_t kLongestNotice = 2000;

}  // namespace

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

}  // namespace rehearse::pg
