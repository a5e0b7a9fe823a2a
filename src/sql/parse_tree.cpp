#include "parse_tree.hpp"

#include "rehearse/base/text.hpp"

#include "token_cursor.hpp"

#include <pg_query.h>

#include <algorithm>
#include <memory>
#include <vector>

namespace rehearse::sql {

namespace {

constexpr std::size_t kLongestParsed = 1024 * 1024;

// libpg_query writes its tree by recursion: on a stack of 8 MiB, "a + a + ..." with 50,000
// operators still works and with 100,000 it ends the process. Each level takes at least one token.
constexpr std::size_t kMostTokens = 20'000;

bool is_short_enough(std::string_view text) {
    if (text.size() > kLongestParsed) return false;
    if (text.size() <= kMostTokens) return true;
    std::size_t tokens = 0;
    for (TokenCursor cursor(text); !cursor.done(); cursor.advance()) {
        if (++tokens > kMostTokens) return false;
    }
    return true;
}

const nlohmann::json kNothing;

}  // namespace

ParseTree parsed(std::string_view text) {
    ParseTree tree;
    if (!is_short_enough(text)) return tree;
    if (const std::size_t nul = text.find('\0'); nul != std::string_view::npos) {
        tree.error = "the statement has a NUL character";
        tree.error_position = nul + 1;
        return tree;
    }
    const auto free_result = [](PgQueryParseResult* result) {
        pg_query_free_parse_result(*result);
        delete result;
    };
    const std::unique_ptr<PgQueryParseResult, decltype(free_result)> result(
        new PgQueryParseResult(pg_query_parse(std::string(text).c_str())), free_result);
    if (result->error != nullptr) {
        tree.error = result->error->message;
        tree.error_position = static_cast<std::size_t>(std::max(result->error->cursorpos, 0));
        return tree;
    }
    nlohmann::json document = nlohmann::json::parse(result->parse_tree, nullptr, false);
    if (!document.contains("stmts")) return tree;
    for (nlohmann::json& statement : document["stmts"]) {
        if (statement.contains("stmt")) tree.statements.push_back(std::move(statement["stmt"]));
    }
    return tree;
}

const nlohmann::json& field(const nlohmann::json& node, const char* name) {
    const auto found = node.find(name);
    return found == node.end() ? kNothing : *found;
}

std::string text_field(const nlohmann::json& node, const char* name) {
    const nlohmann::json& value = field(node, name);
    return value.is_string() ? value.get<std::string>() : std::string();
}

bool flag(const nlohmann::json& node, const char* name) {
    const nlohmann::json& value = field(node, name);
    return value.is_boolean() && value.get<bool>();
}

std::string string_of(const nlohmann::json& node) {
    return text_field(field(node, "String"), "sval");
}

const nlohmann::json& option(const nlohmann::json& options, std::string_view name) {
    for (const nlohmann::json& item : options) {
        const nlohmann::json& found = field(item, "DefElem");
        if (text_field(found, "defname") == name) return found;
    }
    return kNothing;
}

bool is_on(const nlohmann::json& option) {
    const nlohmann::json& value = field(option, "arg");
    if (value.is_null()) return true;
    if (value.contains("Integer")) return value["Integer"].contains("ival");
    if (value.contains("Boolean")) return flag(value["Boolean"], "boolval");
    const std::string word = lower_cased(string_of(value));
    return word == "true" || word == "on";
}

void for_each_object(const nlohmann::json& tree,
                     const std::function<void(const nlohmann::json&)>& visit) {
    std::vector<const nlohmann::json*> open{&tree};
    while (!open.empty()) {
        const nlohmann::json& node = *open.back();
        open.pop_back();
        if (node.is_object()) visit(node);
        if (!node.is_structured()) continue;
        for (const nlohmann::json& child : node) {
            if (child.is_structured()) open.push_back(&child);
        }
    }
}

}  // namespace rehearse::sql
