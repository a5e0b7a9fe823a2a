#include "messages.hpp"

#include "rehearse/base/text.hpp"

#include <charconv>

namespace rehearse::pg {

namespace {

std::string field(const PGresult* result, int code) {
    const char* value = PQresultErrorField(result, code);
    return value == nullptr ? std::string{} : std::string{value};
}

template <typename Number>
std::optional<Number> number_in(std::string_view text) {
    Number number{};
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
    return number;
}

}  // namespace

std::string first_message(std::string_view libpq_text) {
    const std::string_view line = libpq_text.substr(0, libpq_text.find('\n'));
    for (const std::string_view severity : {"ERROR:", "FATAL:", "PANIC:"}) {
        const auto at = line.find(severity);
        if (at != std::string_view::npos)
            return std::string{trimmed(line.substr(at + severity.size()))};
    }
    return std::string{trimmed(line)};
}

ServerError error_from(const PGresult* result) {
    ServerError error;
    error.sqlstate.code = field(result, PG_DIAG_SQLSTATE);
    error.message = field(result, PG_DIAG_MESSAGE_PRIMARY);
    // libpq itself made this result (out of memory, protocol trouble): it has no fields.
    if (error.message.empty()) error.message = first_message(PQresultErrorMessage(result));
    error.detail = field(result, PG_DIAG_MESSAGE_DETAIL);
    error.hint = field(result, PG_DIAG_MESSAGE_HINT);
    error.context = field(result, PG_DIAG_CONTEXT);
    error.position = number_in<std::size_t>(field(result, PG_DIAG_STATEMENT_POSITION));
    error.constraint = field(result, PG_DIAG_CONSTRAINT_NAME);
    error.relation = {field(result, PG_DIAG_SCHEMA_NAME), field(result, PG_DIAG_TABLE_NAME)};
    error.column = field(result, PG_DIAG_COLUMN_NAME);
    return error;
}

Notice notice_from(const PGresult* result) {
    return {field(result, PG_DIAG_SEVERITY_NONLOCALIZED),
            {field(result, PG_DIAG_SQLSTATE)},
            field(result, PG_DIAG_MESSAGE_PRIMARY)};
}

std::int64_t temp_bytes_in(const Notice& notice) {
    // fd.c, ReportTemporaryFileUsage: temporary file: path "%s", size %lu
    constexpr std::string_view kSize = "\", size ";
    if (notice.severity != "LOG" || !notice.message.starts_with("temporary file: path \""))
        return 0;
    const auto at = notice.message.rfind(kSize);
    if (at == std::string::npos) return 0;
    return number_in<std::int64_t>(std::string_view{notice.message}.substr(at + kSize.size()))
        .value_or(0);
}

std::optional<std::int64_t> rows_of_tag(std::string_view command_tag) {
    const auto space = command_tag.rfind(' ');
    if (space == std::string_view::npos) return std::nullopt;
    return number_in<std::int64_t>(command_tag.substr(space + 1));
}

}  // namespace rehearse::pg
