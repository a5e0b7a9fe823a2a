#include "rehearse/pg/public_message.hpp"

#include "rehearse/base/text.hpp"

#include <algorithm>
#include <array>
#include <cctype>

namespace rehearse::pg {

namespace {

constexpr std::size_t kLongestMessage = 300;

template <std::size_t count>
bool is_one_of(std::string_view text, const std::array<std::string_view, count>& all) {
    return std::find(all.begin(), all.end(), text) != all.end();
}

template <std::size_t count>
bool has_line_with_end(std::string_view context, const std::array<std::string_view, count>& ends) {
    const auto lines = split_lines(context);
    return std::any_of(lines.begin(), lines.end(), [&ends](const auto& line) {
        return std::any_of(ends.begin(), ends.end(),
                           [&line](std::string_view end) { return line.ends_with(end); });
    });
}

// RAISE may take any SQLSTATE and say anything; the server's context tells that it spoke.
bool raised_by_code(std::string_view context) {
    constexpr std::array<std::string_view, 2> kRaise{" at RAISE", " at ASSERT"};
    return has_line_with_end(context, kRaise);
}

// A statement that a function made of values: the names in it may be values, with or without
// quotes.
bool was_built_by_code(std::string_view context) {
    constexpr std::array<std::string_view, 2> kExecute{" at EXECUTE",
                                                       " at FOR over EXECUTE statement"};
    return has_line_with_end(context, kExecute);
}

// What the parser says of the text that was sent has a position. Without one it may be about a
// value that was cast, as in column::regclass (42P01, 42704, 3F000, 0A000) or column::tsquery
// (42601).
bool may_be_about_a_value(const ServerError& error) {
    constexpr std::array<std::string_view, 3> kClasses{"0A", "3F", "42"};
    return !error.position &&
           is_one_of(std::string_view{error.sqlstate.code}.substr(0, 2), kClasses);
}

std::string with_hidden_quotes(std::string message) {
    const auto first = message.find('"');
    const auto last = message.rfind('"');
    if (first != last) message.replace(first + 1, last - first - 1, "…");
    return message;
}

bool is_in_word(char c) {
    return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_' || c == '$' ||
           static_cast<unsigned char>(c) >= 0x80;
}

bool has_word(std::string_view text, std::string_view word) {
    for (auto at = text.find(word); at != std::string_view::npos; at = text.find(word, at + 1)) {
        const auto end = at + word.size();
        const bool begins = at == 0 || !is_in_word(text[at - 1]);
        const bool ends = end == text.size() || !is_in_word(text[end]);
        if (begins && ends) return true;
    }
    return false;
}

// The message without the bytes that the server could not convert (22021, 22P05).
std::string without_bytes(std::string message) {
    message = message.substr(0, message.find(':'));
    const auto bytes = message.find(" with byte sequence ");
    if (bytes == std::string::npos) return message;
    return message.erase(bytes, message.find(" in encoding ", bytes) - bytes);
}

}  // namespace

// PostgreSQL manual, appendix A. Messages of constraint errors name columns, tables and
// constraints; those of class 22 (data exceptions) quote the value; P0, 38 and 39 come from
// functions' own code.
std::string public_message(const ServerError& error, std::string_view sql) {
    constexpr std::array<std::string_view, 3> kOwnCode{"P0", "38", "39"};
    constexpr std::array<std::string_view, 2> kOfBytes{"22021", "22P05"};
    const auto sqlstate_class = std::string_view{error.sqlstate.code}.substr(0, 2);
    if (is_one_of(sqlstate_class, kOwnCode) || raised_by_code(error.context)) return {};

    std::string message = error.message;
    if (is_one_of(std::string_view{error.sqlstate.code}, kOfBytes)) {
        message = without_bytes(std::move(message));
    } else if (sqlstate_class == "22") {
        message = with_hidden_quotes(std::move(message));
    } else if (may_be_about_a_value(error)) {
        if (was_built_by_code(error.context)) return {};
        const bool has_names = message.find('"') != std::string::npos;
        if (!has_names || !quotes_only_words_of(sql, message)) {
            message = with_hidden_quotes(std::move(message));
            // "improper relation name (too many dotted names): a.b.c.d" quotes without quotes.
            message = message.substr(0, message.find(": "));
        }
    }
    return one_line(message, kLongestMessage);
}

std::string public_message(std::string_view message, std::string_view context) {
    if (raised_by_code(context) || was_built_by_code(context)) return {};
    return one_line(with_hidden_quotes(std::string{message}), kLongestMessage);
}

bool quotes_only_words_of(std::string_view sql, std::string_view message) {
    const auto text = lower_cased(sql);
    const auto parts = split(message, '"');
    for (std::size_t i = 1; i < parts.size(); i += 2) {
        if (!parts[i].empty() && !has_word(text, lower_cased(parts[i]))) return false;
    }
    return true;
}

}  // namespace rehearse::pg
