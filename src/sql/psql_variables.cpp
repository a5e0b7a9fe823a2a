#include "psql_variables.hpp"

#include "rehearse/base/text.hpp"

#include <algorithm>
#include <iterator>

namespace rehearse::sql {

namespace {

// What they hold depends on the session, the build, or the statement before (manual page of psql,
// "Variables").
constexpr std::string_view kUnknown[] = {"COMP_KEYWORD_CASE",
                                         "DBNAME",
                                         "ERROR",
                                         "HIDE_TABLEAM",
                                         "HIDE_TOAST_COMPRESSION",
                                         "HISTCONTROL",
                                         "HISTSIZE",
                                         "HOST",
                                         "IGNOREEOF",
                                         "LAST_ERROR_MESSAGE",
                                         "LAST_ERROR_SQLSTATE",
                                         "PORT",
                                         "PROMPT1",
                                         "PROMPT2",
                                         "PROMPT3",
                                         "QUIET",
                                         "ROW_COUNT",
                                         "SERVER_VERSION_NAME",
                                         "SERVER_VERSION_NUM",
                                         "SHOW_ALL_RESULTS",
                                         "SQLSTATE",
                                         "USER",
                                         "VERSION",
                                         "VERSION_NAME",
                                         "VERSION_NUM"};

bool is_name_part(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
           static_cast<unsigned char>(c) >= 128;
}

std::string doubled(std::string_view value, char quote, bool backslashes) {
    std::string text(1, quote);
    for (const char c : value) {
        if (c == quote || (backslashes && c == '\\')) text += c;
        text += c;
    }
    return text + quote;
}

}  // namespace

VariableTable::VariableTable(PsqlVariables given)
    : values_{{"AUTOCOMMIT", "on"},       {"ECHO", "none"},        {"ECHO_HIDDEN", "off"},
              {"ENCODING", "UTF8"},       {"FETCH_COUNT", "0"},    {"ON_ERROR_ROLLBACK", "off"},
              {"ON_ERROR_STOP", "1"},     {"SINGLELINE", "off"},   {"SINGLESTEP", "off"},
              {"SHOW_CONTEXT", "errors"}, {"VERBOSITY", "default"}} {
    for (auto& [name, value] : given) values_[name] = std::move(value);
}

const std::string* VariableTable::find(std::string_view name) const {
    const auto found = values_.find(std::string(name));
    return found == values_.end() ? nullptr : &found->second;
}

bool VariableTable::is_unknown(std::string_view name) const {
    return find(name) == nullptr &&
           std::find(std::begin(kUnknown), std::end(kUnknown), name) != std::end(kUnknown);
}

void VariableTable::set(const std::string& name, std::string value) {
    values_[name] = std::move(value);
}

void VariableTable::unset(const std::string& name) {
    values_.erase(name);
}

std::optional<VariableReference> variable_reference(std::string_view text, bool& undecided) {
    using Form = VariableReference::Form;
    undecided = false;
    if (!text.starts_with(':')) return std::nullopt;
    VariableReference found;
    std::string_view closing;
    std::size_t begin = 1;
    const std::string_view rest = text.substr(1);
    if (rest.empty() || rest == "{") {
        undecided = true;
        return std::nullopt;
    }
    if (rest.starts_with('\'')) {
        found.form = Form::literal;
        closing = "'";
        begin = 2;
    } else if (rest.starts_with('"')) {
        found.form = Form::identifier;
        closing = "\"";
        begin = 2;
    } else if (rest.starts_with("{?")) {
        found.form = Form::is_set;
        closing = "}";
        begin = 3;
    }
    std::size_t end = begin;
    while (end < text.size() && is_name_part(text[end])) ++end;
    undecided = end == text.size();
    if (end == begin || !text.substr(end).starts_with(closing)) return std::nullopt;
    found.name = text.substr(begin, end - begin);
    found.length = end + closing.size();
    return found;
}

std::string as_literal(std::string_view value) {
    // The space keeps the E apart from a word before it.
    if (value.find('\\') != std::string_view::npos) return " E" + doubled(value, '\'', true);
    return doubled(value, '\'', false);
}

std::string as_identifier(std::string_view value) {
    return doubled(value, '"', false);
}

std::optional<bool> psql_boolean(std::string_view text) {
    const std::string word = lower_cased(text);
    if (word.empty()) return std::nullopt;
    const auto begins = [&](std::string_view whole, std::size_t at_least) {
        return word.size() >= at_least && whole.starts_with(word);
    };
    if (begins("true", 1) || begins("yes", 1) || begins("on", 2) || word == "1") return true;
    if (begins("false", 1) || begins("no", 1) || begins("off", 2) || word == "0") return false;
    return std::nullopt;
}

bool is_psql_variable_name(std::string_view name) {
    return !name.empty() && std::all_of(name.begin(), name.end(), is_name_part);
}

std::optional<std::string> what_psql_would_do_with(std::string_view variable,
                                                   const std::optional<std::string>& value) {
    // Without a value they are on, and unset they are off.
    const bool is_on = value && (value->empty() || psql_boolean(*value) == true);
    const bool is_off = !value || psql_boolean(*value) == false;
    if (variable == "ON_ERROR_STOP" && !is_on) return "it would go on behind an error";
    if (variable == "AUTOCOMMIT" && !is_on) return "it would open a transaction of its own";
    if (variable == "ON_ERROR_ROLLBACK" && !is_off && lower_cased(*value) != "interactive")
        return "it would set a savepoint before each statement";
    if (variable == "SINGLELINE" && !is_off) return "it would end statements at line feeds";
    if (variable == "SINGLESTEP" && !is_off) return "it would ask before each statement";
    if (variable == "FETCH_COUNT" && value && *value != "0")
        return "it would run queries through a cursor";
    return std::nullopt;
}

}  // namespace rehearse::sql
