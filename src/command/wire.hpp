#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace rehearse::command {

// One message of PostgreSQL's protocol (manual, 55.7) as far as it was received.
struct Frame {
    char type = 0;
    std::size_t size = 0;      // of the whole message
    std::string_view payload;  // what of it is there, kFramePeek bytes at most
};

// So much of a message is looked at.
inline constexpr std::size_t kFramePeek = 4096;

// Finds where messages begin in one direction of a connection. It is told every byte that passes.
class FrameCursor {
  public:
    // At a message's beginning: its head, once `pending` holds enough of it to be looked at.
    // nullopt within a message, or while more is needed.
    std::optional<Frame> peek(std::string_view pending) const;
    // How many bytes may pass before the next message begins, at most all of `pending`.
    std::size_t passable(std::string_view pending) const;
    void passed(std::size_t bytes, std::string_view pending);

  private:
    std::size_t left_ = 0;  // of the message that passes
};

// Of the statement that a Query or Parse brings; empty for other messages.
std::string_view text_of(const Frame& frame);

// By its first word. Such a statement cannot hold a lock that keeps readers or writers out, unless
// by a function or trigger.
bool is_weak(std::string_view text);
// COMMIT, END, PREPARE TRANSACTION: what is held is let go of.
bool ends_transaction(std::string_view text);

// The first bytes of a connection, which have no type.
struct Opening {
    enum class Kind { start, cancel, encryption };
    Kind kind{};
    std::size_t size = 0;
};
// nullopt while more is needed; size 0 when it is no such message.
std::optional<Opening> opening_in(std::string_view pending);

// Big-endian, as the protocol has it.
std::uint32_t number_at(std::string_view bytes, std::size_t at);

}  // namespace rehearse::command
