#pragma once

#include "rehearse/migrations/migration.hpp"

#include "folder.hpp"

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace rehearse::migrations {

// One tool that we can replay; each in a file of its own.
struct Adapter {
    std::string_view tool;
    // Reads the folder; throws Error(migrations) for what the tool itself would refuse.
    std::unique_ptr<MigrationSource> (*open)(const Folder& folder, const SourceOptions& options);
};

extern const Adapter kAtlas;
extern const Adapter kDbmate;
extern const Adapter kDiesel;
extern const Adapter kDrizzle;
extern const Adapter kFlyway;
extern const Adapter kGolangMigrate;
extern const Adapter kGoose;
extern const Adapter kGraphileMigrate;
extern const Adapter kLiquibase;
extern const Adapter kMybatis;
extern const Adapter kNodePgMigrate;
extern const Adapter kPlain;
extern const Adapter kPostgrator;
extern const Adapter kPostgresMigrations;
extern const Adapter kPrisma;
extern const Adapter kRefinery;
extern const Adapter kSqitch;
extern const Adapter kSqlMigrate;
extern const Adapter kSqlx;
extern const Adapter kSupabase;
extern const Adapter kTern;

// What becomes of another tool's files when psql runs them.
enum class AsPlain {
    fits,            // the same statements
    runs_both_ways,  // up and down stand in one file: psql would run both
    other_names,     // they are not numbered files of one folder
};

// A tool and how its folder looks.
struct Fingerprint {
    std::string_view tool;
    bool (*recognises)(const Folder& folder);
    AsPlain as_plain = AsPlain::fits;
    // By a file of the tool's own or its mark in a file, and not only by names that another tool
    // could have.
    bool is_certain = false;
};

// In the order of their weight: the first that recognises a folder names its tool.
const std::vector<Fingerprint>& fingerprints();
const Fingerprint* recognised(const Folder& folder);
// Tools that a folder has certain signs of, each once: more than one is a question.
std::vector<std::string> certainly_recognised(const Folder& folder);

// What an adapter says of files in the folder that it does not take for migrations.
std::optional<SourceFinding> finding_about_ignored(const std::vector<std::string>& files,
                                                   std::string_view expected);

// The migration that `text` means, for the option `option`. Throws Error(usage) naming the nearest
// one.
std::size_t index_meant_by(const std::vector<Migration>& migrations, const std::string& text,
                           std::string_view option);

}  // namespace rehearse::migrations
