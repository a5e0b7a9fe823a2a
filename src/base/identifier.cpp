#include "rehearse/base/text.hpp"

#include <algorithm>
#include <array>

namespace rehearse {

namespace {

// Keywords that PostgreSQL never takes as a bare column or table name (manual, appendix C:
// reserved, and reserved "can be function or type"), in the order of the alphabet for the binary
// search.
constexpr std::array<std::string_view, 101> kReserved{
    "all",
    "analyse",
    "analyze",
    "and",
    "any",
    "array",
    "as",
    "asc",
    "asymmetric",
    "authorization",
    "binary",
    "both",
    "case",
    "cast",
    "check",
    "collate",
    "collation",
    "column",
    "concurrently",
    "constraint",
    "create",
    "cross",
    "current_catalog",
    "current_date",
    "current_role",
    "current_schema",
    "current_time",
    "current_timestamp",
    "current_user",
    "default",
    "deferrable",
    "desc",
    "distinct",
    "do",
    "else",
    "end",
    "except",
    "false",
    "fetch",
    "for",
    "foreign",
    "freeze",
    "from",
    "full",
    "grant",
    "group",
    "having",
    "ilike",
    "in",
    "initially",
    "inner",
    "intersect",
    "into",
    "is",
    "isnull",
    "join",
    "lateral",
    "leading",
    "left",
    "like",
    "limit",
    "localtime",
    "localtimestamp",
    "natural",
    "not",
    "notnull",
    "null",
    "offset",
    "on",
    "only",
    "or",
    "order",
    "outer",
    "overlaps",
    "placing",
    "primary",
    "references",
    "returning",
    "right",
    "select",
    "session_user",
    "similar",
    "some",
    "symmetric",
    "system_user",
    "table",
    "tablesample",
    "then",
    "to",
    "trailing",
    "true",
    "union",
    "unique",
    "user",
    "using",
    "variadic",
    "verbose",
    "when",
    "where",
    "window",
    "with",
};

bool is_plain(std::string_view name) {
    const auto starts = [](char c) { return (c >= 'a' && c <= 'z') || c == '_'; };
    const auto continues = [&](char c) { return starts(c) || (c >= '0' && c <= '9') || c == '$'; };
    return !name.empty() && starts(name[0]) && std::all_of(name.begin(), name.end(), continues) &&
           !std::binary_search(kReserved.begin(), kReserved.end(), name);
}

std::string doubled(std::string_view text, char quote) {
    std::string result{quote};
    for (const char c : text) {
        result += c;
        if (c == quote) result += c;
    }
    result += quote;
    return result;
}

}  // namespace

std::string quoted_identifier(std::string_view name) {
    return is_plain(name) ? std::string{name} : doubled(name, '"');
}

std::string quoted_literal(std::string_view text) {
    // A backslash means itself in '' only while standard_conforming_strings is on; E'' means the
    // same always.
    if (text.find('\\') == std::string_view::npos) return doubled(text, '\'');
    std::string escaped;
    for (const char c : text) {
        escaped += c;
        if (c == '\\') escaped += c;
    }
    return "E" + doubled(escaped, '\'');
}

}  // namespace rehearse
