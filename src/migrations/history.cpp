#include "history.hpp"

#include "rehearse/base/error.hpp"
#include "rehearse/base/text.hpp"

#include "history_shapes.hpp"

#include <algorithm>

namespace rehearse::migrations {

namespace {

using Severity = SourceFinding::Severity;

bool is_of_shape(HistoryReader& snapshot, const HistoryShape& shape,
                 const pg::RelationName& table) {
    const auto columns = snapshot.columns_of(table);
    if (shape.has_only_these && columns.size() != shape.columns.size()) return false;
    const bool has_all =
        std::all_of(shape.columns.begin(), shape.columns.end(),
                    [&](const std::string& column) { return columns.contains(column); });
    return has_all && std::all_of(shape.types.begin(), shape.types.end(), [&](const auto& typed) {
               const auto found = columns.find(typed.first);
               return found != columns.end() && found->second.starts_with(typed.second);
           });
}

std::vector<pg::RelationName> candidates(HistoryReader& snapshot, const pg::RelationName& wanted) {
    if (wanted.schema.empty()) return snapshot.tables_named(wanted.name);
    if (snapshot.columns_of(wanted).empty()) return {};
    return {wanted};
}

// Chooses the table; false when a refusal says why none can be chosen. No table is fine: the tool
// has not run there yet.
bool find_table(History& history, HistoryReader& snapshot, const HistoryShape& shape,
                std::string_view tool, const std::string& wanted) {
    const auto name = parse_table_name(wanted.empty() ? in_double_quotes(shape.name) : wanted);
    if (!name) {
        throw Error(ErrorKind::usage, "--history-table " + wanted + " is not the name of a table",
                    {"Write name, schema.name or \"Quoted\".\"Name\"."});
    }
    history.table = {name->schema.empty() ? shape.schema : name->schema, name->name};

    const auto named = candidates(snapshot, *name);
    std::vector<pg::RelationName> ours;
    std::vector<std::string> texts;
    for (const auto& table : named) {
        if (!is_of_shape(snapshot, shape, table)) continue;
        ours.push_back(table);
        texts.push_back(quoted_identifier(table.schema) + "." + quoted_identifier(table.name));
    }
    const std::string of_tool = std::string(tool) + "'s history";
    if (ours.size() > 1) {
        history.findings.push_back(
            refusal("more than one table may be " + of_tool + ": " + join(texts, ", "),
                    "Name the one that belongs to this folder with --history-table SCHEMA.NAME."));
        return false;
    }
    if (ours.size() == 1) {
        history.table = ours.front();
        history.exists = true;
        return true;
    }
    if (!named.empty()) {
        history.findings.push_back(refusal(
            named.front().text() + " is not " + of_tool + ": that has " +
                (shape.has_only_these ? "only " : "") + "the columns " + join(shape.columns, ", "),
            "Name " + std::string(tool) +
                "'s own table with --history-table, or the folder's tool with --tool."));
        return false;
    }
    if (!wanted.empty()) {
        history.findings.push_back(
            refusal("the snapshot has no table " + wanted,
                    "Check --history-table; leave it out if the tool has never run there."));
        return false;
    }
    return true;
}

}  // namespace

std::string History::quoted() const {
    return in_double_quotes(table.schema) + "." + in_double_quotes(table.name);
}

std::string History::insert(const std::vector<std::pair<std::string, std::string>>& values) const {
    std::vector<std::string> columns;
    std::vector<std::string> expressions;
    for (const auto& [column, expression] : values) {
        columns.push_back(in_double_quotes(column));
        expressions.push_back(expression);
    }
    return "INSERT INTO " + quoted() + " (" + join(columns, ", ") + ") VALUES (" +
           join(expressions, ", ") + ")";
}

History read_history(HistoryReader& snapshot, const HistoryShape& shape, std::string_view tool,
                     const std::string& wanted) {
    History history;
    if (!find_table(history, snapshot, shape, tool, wanted) || !history.exists) return history;
    history.rows = snapshot.rows_of(history.table, shape.columns).value_or(Rows{});
    return history;
}

bool has_other_tables(HistoryReader& snapshot, const HistoryShape& shape, const History& history) {
    // Of a schema that a tool makes for itself everything is the tool's; not of one that a team's
    // settings name.
    const bool owns_schema =
        shape.schema != "public" &&
        std::any_of(known_histories().begin(), known_histories().end(),
                    [&](const KnownHistory& known) { return known.shape.schema == shape.schema; });
    const auto is_the_tools = [&](const pg::RelationName& table) {
        if (table == history.table) return true;
        if (table.schema != history.table.schema) return false;
        return (owns_schema && table.schema == shape.schema) ||
               std::find(shape.companions.begin(), shape.companions.end(), table.name) !=
                   shape.companions.end();
    };
    const auto tables = snapshot.user_tables();
    return !std::all_of(tables.begin(), tables.end(), is_the_tools);
}

std::vector<std::string> histories_of_others(HistoryReader& snapshot, std::string_view tool) {
    std::vector<std::string> found;
    for (const KnownHistory& known : known_histories()) {
        if (known.tool == tool) continue;
        for (const auto& table : snapshot.tables_named(known.shape.name)) {
            if (!is_of_shape(snapshot, known.shape, table)) continue;
            found.push_back(std::string(known.tool) + "'s " + table.text());
            break;
        }
    }
    return found;
}

std::optional<pg::RelationName> parse_table_name(std::string_view text) {
    std::vector<std::string> parts;
    while (true) {
        std::string part;
        if (text.starts_with('"')) {
            std::size_t at = 1;
            for (; at < text.size(); ++at) {
                if (text[at] == '"' && (at + 1 == text.size() || text[at + 1] != '"')) break;
                if (text[at] == '"') ++at;
                part += text[at];
            }
            if (at >= text.size()) return std::nullopt;
            text.remove_prefix(at + 1);
        } else {
            part = text.substr(0, text.find_first_of(".\""));
            text.remove_prefix(part.size());
        }
        if (part.empty()) return std::nullopt;
        parts.push_back(std::move(part));
        if (text.empty()) break;
        if (!text.starts_with('.')) return std::nullopt;
        text.remove_prefix(1);
    }
    if (parts.size() == 1) return pg::RelationName{"", parts[0]};
    if (parts.size() == 2) return pg::RelationName{parts[0], parts[1]};
    return std::nullopt;
}

std::string in_double_quotes(std::string_view name) {
    std::string quoted = "\"";
    for (const char c : name) {
        if (c == '"') quoted += '"';
        quoted += c;
    }
    return quoted + '"';
}

std::string text_of(const std::optional<std::string>& value) {
    return value.value_or("");
}

bool has_refusal(const std::vector<SourceFinding>& findings) {
    return std::any_of(findings.begin(), findings.end(),
                       [](const SourceFinding& one) { return one.severity == Severity::refusal; });
}

SourceFinding refusal(std::string message, std::string hint, std::string version) {
    return {Severity::refusal, std::move(version), std::move(message), std::move(hint)};
}

SourceFinding warning(std::string message, std::string hint, std::string version) {
    return {Severity::warning, std::move(version), std::move(message), std::move(hint)};
}

}  // namespace rehearse::migrations
