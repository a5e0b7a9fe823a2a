#include "log_follower.hpp"

#include "rehearse/base/error.hpp"
#include "rehearse/base/interrupt.hpp"

#include <cstdint>

namespace rehearse::command {

namespace {

constexpr std::uint64_t kPiece = std::uint64_t{4} << 20;
constexpr auto kLimit = std::chrono::minutes(2);
constexpr const char* kMark = "rehearse has come to the end of the command";

}  // namespace

void read_log(pg::AdminSession& server, const std::function<void(const LogEntry&)>& take) {
    const std::string path = std::string(kLogFolder) + "/" + kLogName + ".csv";
    server.write_to_log(kMark);
    LogReader reader;
    std::uint64_t offset = 0;
    // Counts from the last piece: a log of gigabytes may take longer.
    auto deadline = Clock::now() + kLimit;
    while (Clock::now() < deadline) {
        Interrupt::throw_if_requested();
        const std::string piece = server.read_server_file(path, offset, kPiece);
        if (!piece.empty()) deadline = Clock::now() + kLimit;
        offset += piece.size();
        reader.add(piece);
        while (const auto entry = reader.next()) {
            if (entry->message == kMark) return;
            take(*entry);
        }
    }
    throw Error(ErrorKind::scratch, "the scratch server's log did not come to its end");
}

}  // namespace rehearse::command
