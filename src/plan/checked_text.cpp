#include "checked_text.hpp"

#include "rehearse/base/text.hpp"

#include <algorithm>

namespace rehearse::plan {

namespace {

constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";

bool is_continuation(char c) {
    return (static_cast<unsigned char>(c) & 0xC0U) == 0x80U;
}

// Bytes of the sequence that begins with this one; 1 for what begins none.
std::size_t length_from(char first) {
    const auto byte = static_cast<unsigned char>(first);
    if (byte >= 0xF0U) return 4;
    if (byte >= 0xE0U) return 3;
    return byte >= 0xC0U ? 2 : 1;
}

// How many bytes at the end may be the beginning of a sequence that the next chunk completes.
std::size_t cut_at_end(std::string_view text) {
    for (std::size_t back = 1; back <= std::min<std::size_t>(3, text.size()); ++back) {
        const char c = text[text.size() - back];
        if (is_continuation(c)) continue;
        return length_from(c) > back ? back : 0;
    }
    return 0;
}

}  // namespace

bool CheckedText::add(std::string_view chunk) {
    if (position_.offset == 0 && cut_.empty()) {
        if (chunk.starts_with("\xFF\xFE") || chunk.starts_with("\xFE\xFF"))
            return fail(Fault::utf16, "", static_cast<unsigned char>(chunk.front()));
        // Counted with the first line, but no column of it.
        if (chunk.starts_with(kByteOrderMark)) position_.column = 0;
    }
    if (!complete_cut_sequence(chunk)) return false;
    if (!cut_.empty()) return true;
    const std::size_t cut = cut_at_end(chunk);
    if (!check(chunk.substr(0, chunk.size() - cut))) return false;
    cut_ = chunk.substr(chunk.size() - cut);
    return true;
}

bool CheckedText::finish() {
    return cut_.empty() || fail(Fault::not_utf8, "", static_cast<unsigned char>(cut_.front()));
}

bool CheckedText::complete_cut_sequence(std::string_view& chunk) {
    if (cut_.empty()) return true;
    const std::size_t missing = std::min(length_from(cut_.front()) - cut_.size(), chunk.size());
    cut_ += chunk.substr(0, missing);
    chunk.remove_prefix(missing);
    if (cut_.size() < length_from(cut_.front())) return true;
    const std::string whole = std::move(cut_);
    cut_.clear();
    return check(whole);
}

bool CheckedText::check(std::string_view text) {
    const std::size_t nul = text.find('\0');
    const std::size_t invalid = first_invalid_utf8(text).value_or(std::string_view::npos);
    if (const std::size_t bad = std::min(nul, invalid); bad != std::string_view::npos) {
        return fail(nul < invalid ? Fault::nul_byte : Fault::not_utf8, text.substr(0, bad),
                    static_cast<unsigned char>(text[bad]));
    }
    advance(text);
    return true;
}

bool CheckedText::fail(Fault fault, std::string_view before, unsigned char byte) {
    advance(before);
    fault_ = fault;
    bad_byte_ = byte;
    return false;
}

void CheckedText::advance(std::string_view text) {
    position_.offset += text.size();
    if (const std::size_t last = text.rfind('\n'); last != std::string_view::npos) {
        position_.line += static_cast<int>(std::count(text.begin(), text.end(), '\n'));
        position_.column = 1;
        text.remove_prefix(last + 1);
    }
    position_.column += static_cast<int>(
        std::count_if(text.begin(), text.end(), [](char c) { return !is_continuation(c); }));
}

}  // namespace rehearse::plan
