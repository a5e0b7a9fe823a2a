#include "rehearse/base/text.hpp"

#include "adapter.hpp"

#include <algorithm>
#include <regex>
#include <system_error>

namespace rehearse::migrations {

namespace {

bool is_there(const fs::path& path) {
    std::error_code ignored;
    return fs::exists(path, ignored);
}

fs::path beside(const Folder& folder, std::string_view name) {
    std::error_code ignored;
    const fs::path whole = fs::weakly_canonical(folder.path(), ignored);
    return whole.parent_path() / name;
}

bool has_sibling_with_suffix(const Folder& folder, std::string_view suffix) {
    std::error_code ignored;
    for (const auto& entry : fs::directory_iterator(beside(folder, ""), ignored)) {
        if (entry.path().filename().string().ends_with(suffix)) return true;
    }
    return false;
}

bool some_file_matches(const Folder& folder, const char* pattern) {
    const std::regex regex(pattern);
    return std::any_of(folder.files().begin(), folder.files().end(),
                       [&](const std::string& name) { return std::regex_search(name, regex); });
}

bool some_subfolder_has(const Folder& folder, std::string_view file) {
    return std::any_of(
        folder.subfolders().begin(), folder.subfolders().end(),
        [&](const std::string& name) { return is_there(folder.path() / name / file); });
}

bool is_sql(const std::string& name) {
    return lower_cased(name).ends_with(".sql");
}

bool some_line_begins(const Folder& folder, std::string_view marker) {
    for (const std::string& name : folder.files()) {
        if (!is_sql(name)) continue;
        for (const std::string& line : folder.head_lines(name)) {
            if (starts_with_ignoring_case(line, marker)) return true;
        }
    }
    return false;
}

bool some_first_line_begins(const Folder& folder, std::string_view marker) {
    return std::any_of(folder.files().begin(), folder.files().end(), [&](const std::string& name) {
        return is_sql(name) && !folder.head_lines(name).empty() &&
               starts_with_ignoring_case(folder.head_lines(name).front(), marker);
    });
}

// Comments that begin "--" with or without a space before the tool's word.
bool some_comment_begins(const Folder& folder, const std::string& word) {
    return some_line_begins(folder, "-- " + word) || some_line_begins(folder, "--" + word);
}

bool is_cargo_project(const Folder& folder) {
    return is_there(beside(folder, "Cargo.toml"));
}

bool has_up_and_down_files(const Folder& folder) {
    return some_file_matches(folder, R"(^[0-9]+_.*\.(up|down)\.sql$)");
}

bool has_version_files(const Folder& folder) {
    return some_file_matches(folder, R"(^V[0-9][0-9._]*__.*\.sql$)");
}

bool is_hasura(const Folder& folder) {
    static const std::regex name(R"(^[0-9]{13}_)");
    return some_subfolder_has(folder, "up.sql") &&
           std::any_of(folder.subfolders().begin(), folder.subfolders().end(),
                       [](const std::string& one) { return std::regex_search(one, name); });
}

}  // namespace

const std::vector<Fingerprint>& fingerprints() {
    using enum AsPlain;
    // Names and marks of the tools as of 2026; a tool that shares another's file names stands
    // before it with the mark that tells the two apart.
    static const std::vector<Fingerprint> all{
        {kSqitch.tool,
         [](const Folder& f) {
             return f.has_file("sqitch.plan") || is_there(beside(f, "sqitch.plan"));
         },
         other_names, true},
        {kDrizzle.tool,
         [](const Folder& f) {
             return is_there(f.path() / "meta" / "_journal.json") ||
                    (some_subfolder_has(f, "migration.sql") &&
                     some_subfolder_has(f, "snapshot.json"));
         },
         fits, true},
        {kPrisma.tool, [](const Folder& f) { return f.has_file("migration_lock.toml"); },
         other_names, true},
        {kPrisma.tool, [](const Folder& f) { return some_subfolder_has(f, "migration.sql"); },
         other_names},
        // Atlas also lints golang-migrate's folders.
        {kAtlas.tool,
         [](const Folder& f) { return f.has_file("atlas.sum") && !has_up_and_down_files(f); }, fits,
         true},
        {"Hasura", is_hasura, other_names},
        {kDiesel.tool, [](const Folder& f) { return some_subfolder_has(f, "up.sql"); },
         other_names},
        {kGraphileMigrate.tool, [](const Folder& f) { return is_there(f.path() / "committed"); },
         other_names, true},
        {kGraphileMigrate.tool,
         [](const Folder& f) { return some_line_begins(f, "--! Previous:"); }, fits},
        {kLiquibase.tool,
         [](const Folder& f) {
             return some_first_line_begins(f, "--liquibase formatted sql") ||
                    some_first_line_begins(f, "-- liquibase formatted sql");
         },
         fits, true},
        {kGoose.tool, [](const Folder& f) { return some_comment_begins(f, "+goose up"); },
         runs_both_ways, true},
        {kSqlMigrate.tool, [](const Folder& f) { return some_comment_begins(f, "+migrate up"); },
         runs_both_ways, true},
        {kDbmate.tool, [](const Folder& f) { return some_comment_begins(f, "migrate:up"); },
         runs_both_ways, true},
        {"rambler", [](const Folder& f) { return some_comment_begins(f, "rambler up"); },
         runs_both_ways},
        // "-- Up migration" may also head an .up.sql file.
        {kNodePgMigrate.tool,
         [](const Folder& f) {
             return some_comment_begins(f, "up migration") && !has_up_and_down_files(f);
         },
         runs_both_ways},
        {kPostgresMigrations.tool,
         [](const Folder& f) {
             return some_comment_begins(f, "postgres-migrations disable-transaction");
         },
         fits},
        {kTern.tool,
         [](const Folder& f) {
             return f.has_file("tern.conf") ||
                    some_line_begins(f, "---- create above / drop below ----");
         },
         runs_both_ways, true},
        {kMybatis.tool, [](const Folder& f) { return some_comment_begins(f, "//@undo"); },
         runs_both_ways, true},
        {"morph",
         [](const Folder& f) {
             return has_up_and_down_files(f) && some_comment_begins(f, "morph:");
         },
         fits},
        {"pop",
         [](const Folder& f) {
             return some_file_matches(
                 f,
                 R"(^[0-9]+_.*\.(postgres|cockroach|mysql|sqlite3|autocommit)\.(up|down)\.sql$)");
         },
         fits},
        {kSqlx.tool,
         [](const Folder& f) { return has_up_and_down_files(f) && is_cargo_project(f); }, fits},
        {kGolangMigrate.tool, has_up_and_down_files, fits},
        {kRefinery.tool,
         [](const Folder& f) {
             return is_cargo_project(f) && some_file_matches(f, R"(^[UV][0-9]+__\w+\.sql$)");
         },
         other_names},
        {"Evolve",
         [](const Folder& f) {
             return has_version_files(f) && has_sibling_with_suffix(f, ".csproj");
         },
         other_names},
        {kFlyway.tool,
         [](const Folder& f) {
             return has_version_files(f) ||
                    some_file_matches(f, R"(^(R__|[BU][0-9][0-9._]*__).*\.sql$)");
         },
         other_names},
        {kPostgrator.tool,
         [](const Folder& f) { return some_file_matches(f, R"(^[0-9]+\.(do|undo)\.)"); },
         other_names},
        {kSupabase.tool,
         [](const Folder& f) {
             return beside(f, "").parent_path().filename() == "supabase" &&
                    is_there(beside(f, "config.toml"));
         },
         fits},
        {kSqlx.tool,
         [](const Folder& f) {
             return is_cargo_project(f) && some_file_matches(f, R"(^[0-9]+_.*\.sql$)");
         },
         fits},
        {kPlain.tool,
         [](const Folder& f) { return some_file_matches(f, R"(^[0-9]+([-_. ].*)?\.sql$)"); }, fits},
    };
    return all;
}

std::vector<std::string> certainly_recognised(const Folder& folder) {
    std::vector<std::string> tools;
    for (const Fingerprint& print : fingerprints()) {
        if (!print.is_certain || !print.recognises(folder)) continue;
        if (std::find(tools.begin(), tools.end(), print.tool) == tools.end())
            tools.emplace_back(print.tool);
    }
    return tools;
}

const Fingerprint* recognised(const Folder& folder) {
    for (const Fingerprint& print : fingerprints()) {
        if (print.recognises(folder)) return &print;
    }
    return nullptr;
}

}  // namespace rehearse::migrations
