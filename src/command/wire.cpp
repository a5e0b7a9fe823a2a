#include "wire.hpp"

#include "rehearse/base/text.hpp"

#include <algorithm>
#include <array>

namespace rehearse::command {

namespace {

constexpr std::size_t kHead = 5;  // type and length
constexpr std::uint32_t kVersion3 = 3;
constexpr std::uint32_t kCancelRequest = 80877102;
constexpr std::uint32_t kSslRequest = 80877103;
constexpr std::uint32_t kGssEncRequest = 80877104;
// MAX_STARTUP_PACKET_LENGTH of the server.
constexpr std::uint32_t kLongestOpening = 10000;

std::string_view up_to_nul(std::string_view text) {
    return text.substr(0, text.find('\0'));
}

std::string_view without_comments(std::string_view text) {
    for (;;) {
        text = trimmed(text);
        std::size_t end = std::string_view::npos;
        if (text.starts_with("--")) {
            end = text.find('\n');
        } else if (text.starts_with("/*")) {
            end = text.find("*/");
            if (end != std::string_view::npos) ++end;
        } else {
            return text;
        }
        if (end == std::string_view::npos) return {};
        text.remove_prefix(end + 1);
    }
}

std::string first_word(std::string_view text) {
    const auto rest = without_comments(text);
    const auto end = rest.find_first_of(" \t\r\n;(");
    return lower_cased(rest.substr(0, end));
}

}  // namespace

std::uint32_t number_at(std::string_view bytes, std::size_t at) {
    std::uint32_t number = 0;
    for (std::size_t i = 0; i < 4; ++i)
        number = (number << 8) | static_cast<unsigned char>(bytes[at + i]);
    return number;
}

std::optional<Frame> FrameCursor::peek(std::string_view pending) const {
    if (left_ > 0 || pending.size() < kHead) return std::nullopt;
    Frame frame;
    frame.type = pending[0];
    frame.size = std::size_t{number_at(pending, 1)} + 1;
    const std::size_t wanted = std::min(frame.size, kFramePeek);
    if (pending.size() < wanted) return std::nullopt;
    frame.payload = pending.substr(kHead, std::max(wanted, kHead) - kHead);
    return frame;
}

std::size_t FrameCursor::passable(std::string_view pending) const {
    if (left_ > 0) return std::min(left_, pending.size());
    const auto frame = peek(pending);
    return frame ? std::min(frame->size, pending.size()) : 0;
}

void FrameCursor::passed(std::size_t bytes, std::string_view pending) {
    if (left_ == 0) {
        const auto frame = peek(pending);
        left_ = frame ? frame->size : bytes;
    }
    left_ -= std::min(left_, bytes);
}

std::string_view text_of(const Frame& frame) {
    if (frame.type == 'Q') return up_to_nul(frame.payload);
    if (frame.type != 'P') return {};
    const auto name_end = frame.payload.find('\0');
    if (name_end == std::string_view::npos) return {};
    return up_to_nul(frame.payload.substr(name_end + 1));
}

bool is_weak(std::string_view text) {
    constexpr std::array<std::string_view, 14> kWeak{
        "",      "select", "insert", "update",    "delete",  "values",  "show",
        "begin", "start",  "set",    "savepoint", "release", "explain", "deallocate"};
    // Another statement may follow.
    const auto semicolon = text.find(';');
    if (semicolon != std::string_view::npos && !trimmed(text.substr(semicolon + 1)).empty())
        return false;
    return std::find(kWeak.begin(), kWeak.end(), first_word(text)) != kWeak.end();
}

bool ends_transaction(std::string_view text) {
    const auto word = first_word(text);
    return word == "commit" || word == "end" || word == "prepare";
}

std::optional<Opening> opening_in(std::string_view pending) {
    constexpr std::size_t kLengthAndCode = 8;
    if (pending.size() < kLengthAndCode) return std::nullopt;
    const std::uint32_t size = number_at(pending, 0);
    const std::uint32_t code = number_at(pending, 4);
    if (size < kLengthAndCode || size > kLongestOpening) return Opening{};
    if (code == kSslRequest || code == kGssEncRequest)
        return Opening{Opening::Kind::encryption, size};
    if (code == kCancelRequest) return Opening{Opening::Kind::cancel, size};
    if (code >> 16 == kVersion3) return Opening{Opening::Kind::start, size};
    return Opening{};
}

}  // namespace rehearse::command
