#include "rehearse/base/text.hpp"
#include "rehearse/sql/script.hpp"

#include "adapter.hpp"
#include "texts.hpp"
#include "tool_source.hpp"

#include <algorithm>
#include <regex>

namespace rehearse::migrations {

namespace {

using Severity = SourceFinding::Severity;

constexpr std::string_view kTool = "supabase";
constexpr std::string_view kInitIsASchemaSince = "20211209000000";

// Older versions of the tool wrote the schema of an empty project into the first file.
bool is_old_init(const std::string& file) {
    static const std::regex pattern(R"(([0-9]{14})_init\.sql)");
    std::smatch match;
    return std::regex_search(file, match, pattern) && match[1] < std::string(kInitIsASchemaSince);
}

// What the tool keeps of a file: its statements, each with the comments before it.
std::vector<std::string> statements_of(const fs::path& path) {
    std::vector<std::string> statements;
    auto reader = sql::ScriptReader::of_text(read_migration(path));
    while (const auto statement = reader.next()) {
        const std::string whole = statement->leading + statement->text + statement->trailing;
        // A semicolon on its own is in what comes before the next statement.
        constexpr std::string_view kAround = "; \t\r\n\v\f";
        const std::size_t begin = whole.find_first_not_of(kAround);
        if (begin == std::string::npos) continue;
        statements.push_back(whole.substr(begin, whole.find_last_not_of(kAround) - begin + 1));
    }
    return statements;
}

// The Supabase CLI, as `supabase db push` and `supabase migration up` run it (pkg/migration).
class SupabaseSource final : public ToolSource {
  public:
    SupabaseSource(const Folder& folder, const SourceOptions& options);

  private:
    Decision decide(const History& history) const override;
    void record(Migration& migration, const Unit& unit, const History& history) const override;
    std::vector<std::string> columns_it_adds(const History& history) const;
};

SupabaseSource::SupabaseSource(const Folder& folder, const SourceOptions& options)
    : ToolSource(kTool, "NUMBER_name.sql", folder, options) {
    static const std::regex pattern(R"(^([0-9]+)_(.*)\.sql$)");
    std::vector<std::string> ignored;
    for (const std::string& file : folder.files()) {
        std::smatch match;
        if (!std::regex_match(file, match, pattern)) {
            if (file.ends_with(".sql")) ignored.push_back(file);
            continue;
        }
        if (file == folder.files().front() && is_old_init(file)) {
            notes_.push_back(warning(
                file + " is skipped: the Supabase CLI takes it for the empty schema that its first "
                       "versions wrote",
                "Give it another name than init if it is to run.", match[1]));
            continue;
        }
        Unit unit;
        unit.key = match[1];
        unit.migration.version = match[1];
        unit.migration.name = match[2];
        unit.migration.path = folder.path() / file;
        unit.migration.transaction_mode = TransactionMode::pipeline;
        refuse_second(units_, unit, "The Supabase CLI cannot keep both in its history.");
        units_.push_back(std::move(unit));
    }
    finish_listing(folder, ignored);
}

// Both sides in the order of their texts, compared from the beginning.
Decision SupabaseSource::decide(const History& history) const {
    std::vector<std::string> remote;
    for (const auto& row : history.rows) remote.push_back(text_of(row[0]));
    std::sort(remote.begin(), remote.end());
    Decision decision;
    std::vector<std::string> missing;
    std::vector<std::string> unapplied;
    std::size_t at = 0;
    for (const std::string& version : remote) {
        for (; at < units_.size() && units_[at].key < version; ++at) {
            unapplied.push_back(units_[at].migration.path.filename().string());
            decision.pending.push_back(at);
        }
        if (at < units_.size() && units_[at].key == version) {
            ++at;
            ++decision.applied;
        } else {
            missing.push_back(version);
        }
    }
    if (!missing.empty()) {
        decision.findings.push_back(refusal(
            "Remote migration versions not found in local migrations directory: " + listed(missing),
            "Bring the branch up to date; if the files are gone on purpose, mend the history with "
            "'supabase migration repair --status reverted'."));
    } else if (!unapplied.empty() && !is_told("include-all")) {
        decision.findings.push_back(refusal(
            "Found local migration files to be inserted before the last migration on remote "
            "database: " +
                listed(unapplied),
            "Give them a newer number, or rehearse with --set supabase.include-all=true what db "
            "push "
            "--include-all would run."));
    }
    for (; at < units_.size(); ++at) decision.pending.push_back(at);
    decision.before_first = columns_it_adds(history);
    return decision;
}

// Tables from before 2023 have the versions alone.
std::vector<std::string> SupabaseSource::columns_it_adds(const History& history) const {
    std::vector<std::string> statements = make_history(shape(), history);
    std::erase_if(statements, [](const std::string& one) { return !one.starts_with("ALTER"); });
    return statements;
}

void SupabaseSource::record(Migration& migration, const Unit& unit, const History& history) const {
    std::vector<std::string> statements;
    for (const std::string& one : statements_of(migration.path))
        statements.push_back(quoted_literal(one));
    migration.record_before = {"RESET ALL"};
    migration.record_within = {
        history.insert({{"version", quoted_literal(unit.key)},
                        {"name", quoted_literal(migration.name)},
                        {"statements", "ARRAY[" + join(statements, ", ") + "]::text[]"}})};
}

}  // namespace

constinit const Adapter kSupabase{
    kTool,
    [](const Folder& folder, const SourceOptions& options) -> std::unique_ptr<MigrationSource> {
        return std::make_unique<SupabaseSource>(folder, options);
    }};

}  // namespace rehearse::migrations
