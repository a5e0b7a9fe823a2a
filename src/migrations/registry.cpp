#include "rehearse/base/error.hpp"
#include "rehearse/base/text.hpp"

#include "adapter.hpp"
#include "history.hpp"
#include "history_shapes.hpp"

#include <algorithm>

namespace rehearse::migrations {

namespace {

const std::vector<const Adapter*>& adapters() {
    static const std::vector<const Adapter*> all{
        &kPlain,         &kGolangMigrate, &kPrisma,          &kFlyway,
        &kDrizzle,       &kGoose,         &kDbmate,          &kSqlx,
        &kSupabase,      &kDiesel,        &kLiquibase,       &kAtlas,
        &kNodePgMigrate, &kSqitch,        &kGraphileMigrate, &kPostgresMigrations,
        &kPostgrator,    &kTern,          &kRefinery,        &kSqlMigrate,
        &kMybatis,
    };
    return all;
}

const Adapter* adapter_named(std::string_view tool) {
    const auto found = std::find_if(adapters().begin(), adapters().end(),
                                    [&](const Adapter* one) { return one->tool == tool; });
    return found == adapters().end() ? nullptr : *found;
}

std::string advice(AsPlain as_plain) {
    switch (as_plain) {
        case AsPlain::fits:
            return "Use --tool plain to run the files as psql would.";
        case AsPlain::runs_both_ways:
            return "Copy the way up of each file into numbered files of another folder and use "
                   "--tool plain there; on this folder psql would run the way down as well.";
        case AsPlain::other_names:
            return "Copy the files as 0001_name.sql, 0002_name.sql and so on into another folder "
                   "and use --tool plain there to run them as psql would.";
    }
    return "";
}

const Adapter& adapter_asked_for(const std::string& tool) {
    if (const Adapter* adapter = adapter_named(tool)) return *adapter;
    for (const Fingerprint& print : fingerprints()) {
        if (lower_cased(print.tool) != lower_cased(tool)) continue;
        throw Error(ErrorKind::usage,
                    "rehearse does not replay " + std::string(print.tool) + " yet",
                    {advice(print.as_plain)});
    }
    Error error(ErrorKind::usage, "unknown tool " + tool);
    if (const auto near = nearest(tool, known_tools()))
        error.with_hint("Did you mean " + *near + "?");
    throw error.with_hint("Known tools: " + join(known_tools(), ", ") + ".");
}

// Tools whose files may have the same names. Only their histories tell them apart.
const std::vector<std::vector<std::string_view>>& look_alikes() {
    static const std::vector<std::vector<std::string_view>> groups{
        {"golang-migrate", "sqlx"},
        {"flyway", "refinery"},
        {"plain", "sqlx", "supabase", "postgres-migrations", "tern"}};
    return groups;
}

bool has_history_of(std::string_view tool, HistoryReader& snapshot) {
    if (tool == "plain") return false;
    const auto history = read_history(snapshot, shape_of(tool), tool, "");
    return history.exists && !history.rows.empty();
}

const Adapter& adapter_for(const Folder& folder) {
    const Fingerprint* print = recognised(folder);
    if (const auto tools = certainly_recognised(folder); tools.size() > 1) {
        throw Error(
            ErrorKind::migrations,
            folder.path().string() + " looks like more than one tool's: " + join(tools, " and "),
            {"Say whose migrations they are with --tool " + tools.front() + " or --tool " +
             tools.back() + "."});
    }
    if (print == nullptr) {
        throw Error(
            ErrorKind::migrations,
            "no migrations in " + folder.path().string() + "; found there: " + folder.listing(),
            {"rehearse looks for 0001_add_column.sql (plain) or "
             "000001_add_column.up.sql (golang-migrate), not in folders below."});
    }
    if (const Adapter* adapter = adapter_named(print->tool)) return *adapter;
    throw Error(ErrorKind::migrations,
                folder.path().string() + " looks like " + std::string(print->tool) +
                    ", which rehearse does not replay yet",
                {advice(print->as_plain), "If it is another tool's, name that with --tool: " +
                                              join(known_tools(), ", ") + "."});
}

}  // namespace

std::vector<std::string> known_tools() {
    std::vector<std::string> names;
    for (const Adapter* adapter : adapters()) names.emplace_back(adapter->tool);
    return names;
}

std::unique_ptr<MigrationSource> open_source(const SourceOptions& options) {
    if (!options.tool.empty()) adapter_asked_for(options.tool);
    const Folder folder(options.folder);
    const Adapter& adapter =
        options.tool.empty() ? adapter_for(folder) : adapter_asked_for(options.tool);
    return adapter.open(folder, options);
}

std::unique_ptr<MigrationSource> open_by_history(const MigrationSource& source,
                                                 const SourceOptions& options,
                                                 HistoryReader& snapshot) {
    if (!options.tool.empty() || !options.history_table.empty() || !options.history_query.empty() ||
        has_history_of(source.tool(), snapshot))
        return nullptr;
    std::vector<std::string> others;
    for (const auto& group : look_alikes()) {
        if (std::find(group.begin(), group.end(), source.tool()) == group.end()) continue;
        for (const std::string_view tool : group) {
            if (tool != source.tool() && adapter_named(tool) != nullptr &&
                has_history_of(tool, snapshot))
                others.emplace_back(tool);
        }
    }
    if (others.size() != 1) return nullptr;
    SourceOptions told = options;
    told.tool = others.front();
    return open_source(told);
}

}  // namespace rehearse::migrations
