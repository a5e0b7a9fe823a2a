#include "take/roles.hpp"

#include "rehearse/sql/script.hpp"

#include <algorithm>
#include <string_view>
#include <utility>

namespace rehearse::take {

namespace {

bool eat(std::string_view& text, std::string_view word) {
    if (!text.starts_with(word)) return false;
    text.remove_prefix(word.size());
    return true;
}

// "name", with "" for a quote in it, or a word; pg_dumpall quotes whatever has a dot.
std::string_view eat_identifier(std::string_view& text) {
    std::size_t end = 0;
    if (text.starts_with('"')) {
        do {
            end = text.find('"', end + 1);
            if (end == std::string_view::npos) end = text.size() - 1;
            ++end;
        } while (end < text.size() && text[end] == '"');
    } else {
        end = std::min(text.find(' '), text.size());
    }
    const auto identifier = text.substr(0, end);
    text.remove_prefix(end);
    return identifier;
}

// dumputils.c, makeAlterConfigCommand: ALTER ROLE name [IN DATABASE name] SET "a.b" TO 'value'
bool sets_custom_parameter(std::string_view statement) {
    if (!eat(statement, "ALTER ROLE ")) return false;
    eat_identifier(statement);
    if (eat(statement, " IN DATABASE ")) eat_identifier(statement);
    return eat(statement, " SET ") && eat_identifier(statement).find('.') != std::string_view::npos;
}

}  // namespace

std::string without_custom_settings(std::string sql) {
    auto reader = sql::ScriptReader::of_text(std::move(sql));
    std::string kept;
    while (const auto piece = reader.next()) {
        kept += piece->leading;
        if (!sets_custom_parameter(piece->text)) kept += piece->text + piece->trailing;
    }
    return kept;
}

}  // namespace rehearse::take
