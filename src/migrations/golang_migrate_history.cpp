#include "golang_migrate_history.hpp"

#include "rehearse/base/error.hpp"
#include "rehearse/base/text.hpp"

#include <charconv>

namespace rehearse::migrations {

namespace {

using Severity = SourceFinding::Severity;

constexpr const char* kDefaultTable = "schema_migrations";

// A table of that name may be another tool's: Rails, dbmate and Ecto use it too, with other
// columns.
bool looks_like_ours(const pg::AdminSession& scratch, const pg::RelationName& table) {
    const auto columns = scratch.columns_of(table);
    const auto dirty = columns.find("dirty");
    return columns.contains("version") && dirty != columns.end() && dirty->second == "boolean";
}

SourceFinding refusal(std::string message, std::string hint) {
    return {Severity::refusal, "", std::move(message), std::move(hint)};
}

std::vector<pg::RelationName> candidates(const pg::AdminSession& scratch,
                                         const pg::RelationName& wanted) {
    if (wanted.schema.empty()) return scratch.tables_named(wanted.name);
    if (scratch.columns_of(wanted).empty()) return {};
    return {wanted};
}

// Chooses the table; false when a refusal says why none can be chosen. No table is fine: the tool
// has not run there yet.
bool find_table(GolangMigrateHistory& history, pg::AdminSession& scratch,
                const std::string& wanted) {
    const auto name = parse_table_name(wanted.empty() ? kDefaultTable : wanted);
    if (!name) {
        throw Error(ErrorKind::usage, "--history-table " + wanted + " is not the name of a table",
                    {"Write name, schema.name or \"Quoted\".\"Name\"."});
    }
    // The tool makes a missing table in current_schema(), which is public unless it is told
    // otherwise.
    history.table = {name->schema.empty() ? "public" : name->schema, name->name};

    const auto named = candidates(scratch, *name);
    std::vector<pg::RelationName> ours;
    std::vector<std::string> texts;
    for (const auto& table : named) {
        if (!looks_like_ours(scratch, table)) continue;
        ours.push_back(table);
        texts.push_back(quoted_identifier(table.schema) + "." + quoted_identifier(table.name));
    }
    if (ours.size() > 1) {
        history.findings.push_back(
            refusal("more than one table may be golang-migrate's history: " + join(texts, ", "),
                    "Name the one that belongs to this folder with --history-table SCHEMA.NAME."));
        return false;
    }
    if (ours.size() == 1) {
        history.table = ours.front();
        history.table_exists = true;
        return true;
    }
    if (!named.empty()) {
        history.findings.push_back(refusal(
            named.front().text() + " is not golang-migrate's history: it has no columns version "
                                   "and dirty",
            "Name golang-migrate's own table with --history-table, or the folder's tool with "
            "--tool."));
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

void read_row(GolangMigrateHistory& history, const pg::AdminSession& scratch) {
    const auto rows = scratch.read_history_table(history.table, {"version", "dirty"});
    if (!rows || rows->empty()) return;
    if (rows->size() > 1) {
        history.findings.push_back(refusal(
            history.table.text() + " has " + std::to_string(rows->size()) +
                " rows, but golang-migrate keeps one",
            "It may be another tool's table (Hasura's has the same columns): name the right one "
            "with --history-table."));
        return;
    }
    const std::string version = rows->front()[0].value_or("");
    if (rows->front()[1] == "true") {
        history.findings.push_back(
            {Severity::refusal, version,
             "Dirty database version " + version + ". Fix and force version.",
             "The snapshot was taken while this migration ran or after it had failed: take "
             "another one, or mend production first."});
        return;
    }
    // -1 without dirty is what the tool calls the nil version.
    std::uint64_t number = 0;
    const auto [end, error] =
        std::from_chars(version.data(), version.data() + version.size(), number);
    if (error == std::errc{} && end == version.data() + version.size()) history.version = number;
}

}  // namespace

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

GolangMigrateHistory read_golang_migrate_history(pg::AdminSession& scratch,
                                                 const std::string& wanted) {
    GolangMigrateHistory history;
    if (find_table(history, scratch, wanted) && history.table_exists) read_row(history, scratch);
    return history;
}

}  // namespace rehearse::migrations
