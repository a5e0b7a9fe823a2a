#include "rehearse/base/error.hpp"
#include "rehearse/base/text.hpp"

#include "adapter.hpp"

#include <algorithm>

namespace rehearse::migrations {

namespace {

const std::vector<const Adapter*>& adapters() {
    static const std::vector<const Adapter*> all{
        &kPlain, &kGolangMigrate, &kPrisma, &kFlyway, &kDrizzle,
        &kGoose, &kLiquibase,     &kAtlas,  &kSqitch,
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

const Adapter& adapter_for(const Folder& folder) {
    const Fingerprint* print = recognised(folder);
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

}  // namespace rehearse::migrations
