#include "rehearse/base/error.hpp"
#include "rehearse/base/text.hpp"

#include "adapter.hpp"
#include "files_below.hpp"
#include "liquibase_changelog.hpp"
#include "texts.hpp"
#include "tool_source.hpp"

#include <algorithm>
#include <array>
#include <regex>
#include <utility>

namespace rehearse::migrations {

namespace {

using Severity = SourceFinding::Severity;

constexpr std::string_view kTool = "liquibase";

bool is_master_name(const std::string& file) {
    constexpr std::array<std::string_view, 4> kEndings{".xml", ".yaml", ".yml", ".json"};
    const std::string lower = lower_cased(file);
    return std::any_of(kEndings.begin(), kEndings.end(),
                       [&](std::string_view ending) { return lower.ends_with(ending); });
}

// The files that a changelog in XML, YAML or JSON includes, as it names them and in its order.
std::vector<std::string> included_by(const std::string& text) {
    static const std::regex pattern(
        R"re(<include\s[^>]*file\s*=\s*"([^"]+)"|["']?file["']?\s*:\s*["']?([^"'\s,}]+))re");
    std::vector<std::string> names;
    for (std::sregex_iterator at(text.begin(), text.end(), pattern), end; at != end; ++at)
        names.push_back((*at)[1].matched ? (*at)[1] : (*at)[2]);
    return names;
}

// Formatted SQL changelogs (liquibase-standard/.../FormattedSqlChangeLogParser.java). A folder with
// changesets in XML, YAML or JSON needs the real tool.
class LiquibaseSource final : public ToolSource {
  public:
    LiquibaseSource(const Folder& folder, const SourceOptions& options);

  private:
    std::vector<std::string> ordered_files(const fs::path& root);
    void add_file(const std::string& file);
    void add(const std::string& file, const ChangeSet& set);
    Decision decide(const History& history) const override;
    std::vector<SourceFinding> judge_more(HistoryReader& snapshot,
                                          const History& history) const override;
    void record(Migration& migration, const Unit& unit, const History& history) const override;
    ValueOf values() const;
    std::string path_in_history(const std::string& file, const History& history) const;

    struct Change {
        std::string file;
        ChangeSet set;
    };
    std::vector<Change> changes_;  // one for each unit
    std::map<std::string, std::string> properties_;
    std::vector<std::string> ignored_;
};

LiquibaseSource::LiquibaseSource(const Folder& folder, const SourceOptions& options)
    : ToolSource(kTool, "changesets of formatted SQL", folder, options) {
    const auto files = ordered_files(folder.path());
    for (const std::string& file : files) add_file(file);
    finish_listing(folder, ignored_);
}

// In the order of the master changelog where one in the folder includes files, else by name as
// includeAll does.
std::vector<std::string> LiquibaseSource::ordered_files(const fs::path& root) {
    std::vector<std::string> sql;
    std::vector<std::string> named;
    for (const std::string& file : files_below(root)) {
        if (lower_cased(file).ends_with(".sql")) sql.push_back(file);
        if (!is_master_name(file)) continue;
        const std::string text = read_migration(root / file);
        if (lower_cased(text).find("changeset") != std::string::npos) {
            throw Error(ErrorKind::migrations,
                        (root / file).string() + " has changesets that are not SQL",
                        {"Rehearse them with the tool itself: --command 'liquibase update'."});
        }
        for (const std::string& name : included_by(text)) named.push_back(name);
    }
    if (named.empty()) return sql;
    std::vector<std::string> ordered;
    for (const std::string& name : named) {
        const auto found = std::find_if(sql.begin(), sql.end(), [&](const std::string& file) {
            return name == file || name.ends_with("/" + file) || file.ends_with("/" + name);
        });
        if (found != sql.end() &&
            std::find(ordered.begin(), ordered.end(), *found) == ordered.end())
            ordered.push_back(*found);
    }
    for (const std::string& file : sql) {
        if (std::find(ordered.begin(), ordered.end(), file) == ordered.end())
            ignored_.push_back(file);
    }
    return ordered;
}

void LiquibaseSource::add_file(const std::string& file) {
    const fs::path path = folder() / file;
    const std::string text = read_migration(path);
    if (!is_formatted_sql(text)) {
        ignored_.push_back(file);
        return;
    }
    for (const auto& [name, value] : properties_of(text)) properties_.try_emplace(name, value);
    for (const ChangeSet& set : change_sets_of(text, path)) add(file, set);
}

void LiquibaseSource::add(const std::string& file, const ChangeSet& set) {
    const std::string dbms = lower_cased(set.attribute("dbms"));
    const std::string key = set.author + ":" + set.id;
    const bool is_for_us = dbms.empty() || dbms.find("postgresql") != std::string::npos;
    if (!is_for_us || set.flag("ignore", false)) {
        notes_.push_back(
            {Severity::note, key,
             file + ":" + std::to_string(set.line) + " is not run: it is marked dbms or ignore",
             ""});
        return;
    }
    for (const Change& other : changes_) {
        if (other.file != file || other.set.id != set.id || other.set.author != set.author)
            continue;
        throw error_at(folder() / file, set.line,
                       "the changeset " + key + " stands there a second time, after line " +
                           std::to_string(other.set.line),
                       "Give it another id; liquibase refuses to start otherwise.");
    }
    if (set.has_preconditions) {
        notes_.push_back(warning(file + ":" + std::to_string(set.line) +
                                     " has preconditions, which are not asked: it counts as one "
                                     "that runs",
                                 "", key));
    }
    Unit unit;
    unit.key = key;
    unit.migration.version = key;
    unit.migration.name = file;
    unit.migration.path = folder() / file;
    if (set.has_rollback) unit.migration.down_path = unit.migration.path;
    unit.migration.transaction_mode = set.flag("runintransaction", true)
                                          ? TransactionMode::one_transaction
                                          : TransactionMode::autocommit;
    unit.migration.sends = Sends::texts;
    unit.migration.texts = [path = unit.migration.path, set, this_values = values()] {
        std::vector<Text> texts = texts_of(read_migration(path), set);
        for (Text& text : texts) text.sql = with_values(text.sql, this_values, path);
        return texts;
    };
    changes_.push_back({file, set});
    units_.push_back(std::move(unit));
}

// A property without a value stays as it stands, as Liquibase leaves it.
ValueOf LiquibaseSource::values() const {
    auto all = properties_;
    for (const auto& [name, value] : options().variables) all[name] = value;
    return [all = std::move(all)](std::string_view name) -> std::optional<std::string> {
        const auto found = all.find(std::string(name));
        return found == all.end() ? "${" + std::string(name) + "}" : found->second;
    };
}

// The history has the path as the master changelog names it: classpath or a folder may stand before
// ours.
Decision LiquibaseSource::decide(const History& history) const {
    Decision decision;
    const auto is_of = [](const std::string& stored, const std::string& file) {
        return stored == file || stored.ends_with("/" + file) || file.ends_with("/" + stored);
    };
    for (std::size_t i = 0; i < units_.size(); ++i) {
        const auto& [file, set] = changes_[i];
        const std::string logical = set.attribute("logicalfilepath");
        const bool ran =
            std::any_of(history.rows.begin(), history.rows.end(), [&](const auto& row) {
                return text_of(row[0]) == set.id && text_of(row[1]) == set.author &&
                       (logical.empty() ? is_of(text_of(row[2]), file)
                                        : text_of(row[2]) == logical);
            });
        if (ran && set.flag("runalways", false)) {
            decision.pending.push_back(i);
            decision.because[i] = "runs every time (runAlways)";
            continue;
        }
        if (!ran) {
            decision.pending.push_back(i);
            continue;
        }
        ++decision.applied;
        if (set.flag("runonchange", false)) {
            decision.findings.push_back(
                {Severity::note, units_[i].key,
                 "it runs again where it was edited (runOnChange), which only liquibase can tell",
                 ""});
        }
    }
    return decision;
}

std::vector<SourceFinding> LiquibaseSource::judge_more(HistoryReader& snapshot,
                                                       const History& history) const {
    const pg::RelationName lock{history.table.schema, "databasechangeloglock"};
    const auto rows = snapshot.rows_of(lock, {"locked", "lockedby"});
    if (!rows) return {};
    for (const auto& row : *rows) {
        if (text_of(row[0]) != "true") continue;
        return {refusal("databasechangeloglock is held by " + text_of(row[1]) +
                            ": liquibase waits five minutes for it and stops",
                        "The snapshot was taken while liquibase ran: take another one, or run "
                        "'liquibase release-locks' on production if nobody runs it.")};
    }
    return {};
}

std::string LiquibaseSource::path_in_history(const std::string& file,
                                             const History& history) const {
    for (const Change& change : changes_) {
        for (const auto& row : history.rows) {
            const std::string stored = text_of(row[2]);
            if (stored.ends_with("/" + change.file))
                return stored.substr(0, stored.size() - change.file.size()) + file;
        }
    }
    return file;
}

void LiquibaseSource::record(Migration& migration, const Unit& unit, const History& history) const {
    const Change& change = changes_[static_cast<std::size_t>(&unit - units_.data())];
    const std::string logical = change.set.attribute("logicalfilepath");
    migration.record_after = {history.insert(
        {{"id", quoted_literal(change.set.id)},
         {"author", quoted_literal(change.set.author)},
         {"filename",
          quoted_literal(logical.empty() ? path_in_history(change.file, history) : logical)},
         {"dateexecuted", "pg_catalog.now()"},
         {"orderexecuted",
          "(SELECT coalesce(max(orderexecuted), 0) + 1 FROM " + history.quoted() + ")"},
         {"exectype", "'EXECUTED'"},
         {"description", "'sql'"},
         {"comments", "''"}})};
}

}  // namespace

constinit const Adapter kLiquibase{
    kTool,
    [](const Folder& folder, const SourceOptions& options) -> std::unique_ptr<MigrationSource> {
        return std::make_unique<LiquibaseSource>(folder, options);
    }};

}  // namespace rehearse::migrations
