#include "server_log.hpp"

#include <charconv>

namespace rehearse::command {

namespace {

// Columns that every version from 9.6 on has, in this order; later ones came behind them.
enum Column : std::size_t {
    log_time = 0,
    database_name = 2,
    process_id = 3,
    command_tag = 7,
    virtual_transaction_id = 9,
    error_severity = 11,
    sql_state_code = 12,
    message = 13,
    detail = 14,
    hint = 15,
    context = 18,
    query = 19,
    query_pos = 20,
    columns_at_least = 23,
};

// Parsed text is dropped in pieces of this size, so that reading stays linear.
constexpr std::size_t kDropped = std::size_t{1} << 20;

template <typename Number>
std::optional<Number> number_in(std::string_view text) {
    Number number{};
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (error != std::errc{} || end == text.data()) return std::nullopt;
    return number;
}

// "2026-11-27 23:29:30.256 GMT": the scratch logs with log_timezone GMT.
std::optional<WallClock::time_point> time_in(const std::string& text) {
    constexpr std::size_t kSeconds = 19;
    constexpr std::size_t kMillis = 23;
    if (text.size() < kMillis || text[kSeconds] != '.') return std::nullopt;
    std::string iso = text.substr(0, kSeconds) + "Z";
    iso[10] = 'T';
    const auto seconds = from_iso8601(iso);
    const auto millis = number_in<int>(std::string_view{text}.substr(kSeconds + 1, 3));
    if (!seconds || !millis) return std::nullopt;
    return *seconds + std::chrono::milliseconds{*millis};
}

}  // namespace

std::optional<std::vector<std::string>> LogReader::next_line() {
    std::vector<std::string> fields(1);
    bool is_quoted = false;
    for (std::size_t i = at_; i < text_.size(); ++i) {
        const char c = text_[i];
        if (is_quoted && c == '"') {
            if (i + 1 == text_.size()) return std::nullopt;  // "" or the field's end
            if (text_[i + 1] == '"') {
                fields.back() += text_[++i];
            } else {
                is_quoted = false;
            }
        } else if (is_quoted) {
            fields.back() += c;
        } else if (c == '"') {
            is_quoted = true;
        } else if (c == ',') {
            fields.emplace_back();
        } else if (c == '\n') {
            at_ = i + 1;
            if (at_ >= kDropped) {
                text_.erase(0, at_);
                at_ = 0;
            }
            return fields;
        } else {
            fields.back() += c;
        }
    }
    return std::nullopt;
}

std::optional<LogEntry> LogReader::next() {
    while (auto fields = next_line()) {
        if (fields->size() < columns_at_least) continue;
        auto& field = *fields;
        const auto time = time_in(field[log_time]);
        if (!time) continue;
        LogEntry entry;
        entry.log_time = *time;
        entry.database_name = std::move(field[database_name]);
        entry.process_id = number_in<int>(field[process_id]).value_or(0);
        entry.command_tag = std::move(field[command_tag]);
        entry.virtual_transaction_id = std::move(field[virtual_transaction_id]);
        entry.error_severity = std::move(field[error_severity]);
        entry.sql_state_code = std::move(field[sql_state_code]);
        entry.message = std::move(field[message]);
        entry.detail = std::move(field[detail]);
        entry.hint = std::move(field[hint]);
        entry.context = std::move(field[context]);
        entry.query = std::move(field[query]);
        entry.query_pos = number_in<std::size_t>(field[query_pos]);
        return entry;
    }
    return std::nullopt;
}

}  // namespace rehearse::command
