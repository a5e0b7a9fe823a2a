#include "rehearse/base/error.hpp"
#include "rehearse/base/text.hpp"
#include "rehearse/sql/script.hpp"

#include "adapter.hpp"
#include "atlas_sum.hpp"
#include "texts.hpp"
#include "tool_source.hpp"

#include <algorithm>
#include <cstdlib>

namespace rehearse::migrations {

namespace {

using Severity = SourceFinding::Severity;

constexpr std::string_view kTool = "atlas";

// What a file's text comes apart into: statements, or stretches between the delimiter that it
// names ("\n\n" with its escapes).
std::vector<Text> atlas_texts(const std::string& text) {
    std::vector<Text> texts;
    std::string delimiter = atlas_directive(text, "delimiter");
    for (const auto& [escape, character] : {std::pair{"\\n", "\n"}, std::pair{"\\t", "\t"}}) {
        for (std::size_t at = delimiter.find(escape); at != std::string::npos;
             at = delimiter.find(escape))
            delimiter.replace(at, 2, character);
    }
    if (delimiter.empty()) {
        auto reader = sql::ScriptReader::of_text(text);
        while (const auto statement = reader.next()) {
            if (statement->text.empty()) continue;
            texts.push_back(
                {statement->leading + statement->text,
                 position_at(text, statement->position.offset - statement->leading.size())});
        }
        return texts;
    }
    for (std::size_t begin = 0; begin < text.size();) {
        const std::size_t end = std::min(text.find(delimiter, begin), text.size());
        if (!trimmed(std::string_view(text).substr(begin, end - begin)).empty())
            texts.push_back(stretch_of(text, begin, end));
        begin = end + delimiter.size();
    }
    return texts;
}

// `atlas migrate apply` with a versioned folder (sql/migrate,
// cmd/atlas/internal/cmdapi/migrate.go).
class AtlasSource final : public ToolSource {
  public:
    AtlasSource(const Folder& folder, const SourceOptions& options);

  private:
    void add(const std::string& file, const std::string& text);
    void check_sum(const Folder& folder,
                   const std::vector<std::pair<std::string, std::string>>& files);
    Decision decide(const History& history) const override;
    Decision decide_without_rows(std::size_t from) const override;
    void record(Migration& migration, const Unit& unit, const History& history) const override;
    std::string state_of(const History& history) const override;

    std::vector<bool> checkpoints_;  // one for each unit
    AtlasSum sum_;
};

AtlasSource::AtlasSource(const Folder& folder, const SourceOptions& options)
    : ToolSource(kTool, "VERSION_name.sql", folder, options) {
    std::vector<std::pair<std::string, std::string>> files;
    for (const std::string& file : folder.files()) {
        if (!file.ends_with(".sql")) continue;
        files.emplace_back(file, read_migration(folder.readable(file)));
        add(file, files.back().second);
    }
    check_sum(folder, files);
    finish_listing(folder, {});
}

void AtlasSource::add(const std::string& file, const std::string& text) {
    Unit unit;
    const std::string stem = file.substr(0, file.size() - std::string_view(".sql").size());
    const std::size_t end = std::min(stem.find('_'), stem.size());
    unit.key = stem.substr(0, end);
    unit.migration.version = unit.key;
    if (end < stem.size()) unit.migration.name = stem.substr(end + 1);
    unit.migration.path = folder() / file;
    const std::string mode = atlas_directive(text, "txmode");
    unit.migration.transaction_mode =
        mode == "none" ? TransactionMode::autocommit : TransactionMode::one_transaction;
    if (!mode.empty() && mode != "none" && mode != "file") {
        throw error_at(unit.migration.path, 1, "atlas:txmode " + mode + " is not for a file",
                       "Write none or file.");
    }
    if (!units_.empty() && units_.back().key == unit.key) {
        throw Error(ErrorKind::migrations,
                    "two files with version " + unit.key + " in " + folder().string() + ": " +
                        units_.back().migration.path.filename().string() + " and " + file,
                    {"Give one of them another version."});
    }
    if (!atlas_directive(text, "delimiter").empty()) {
        unit.migration.sends = Sends::texts;
        unit.migration.texts = [path = unit.migration.path] {
            return atlas_texts(read_migration(path));
        };
    }
    checkpoints_.push_back(!atlas_directive(text, "checkpoint").empty());
    units_.push_back(std::move(unit));
}

void AtlasSource::check_sum(const Folder& folder,
                            const std::vector<std::pair<std::string, std::string>>& files) {
    sum_ = atlas_sum_of(files);
    const auto refuse = [&](const std::string& what) {
        notes_.push_back(refusal("atlas.sum does not fit the folder: " + what,
                                 "Run 'atlas migrate hash'; atlas refuses to start otherwise."));
    };
    if (!folder.has_file("atlas.sum")) return refuse("it is missing");
    const AtlasSum written = read_atlas_sum(folder.path() / "atlas.sum");
    for (const auto& [name, hash] : sum_.files) {
        const auto found =
            std::find_if(written.files.begin(), written.files.end(),
                         [&name = name](const auto& one) { return one.first == name; });
        if (found == written.files.end()) return refuse(name + " is not in it");
        if (found->second != hash) return refuse(name + " was edited");
    }
    if (written.files.size() != sum_.files.size() || written.total != sum_.total)
        refuse("it has files that are not there, or was edited");
}

// The newest checkpoint stands for all before it.
Decision AtlasSource::decide_without_rows(std::size_t from) const {
    if (!options().pending_from.empty()) return pending_from(from);
    const auto last = std::find(checkpoints_.rbegin(), checkpoints_.rend(), true);
    const bool has_one = last != checkpoints_.rend();
    return pending_from(has_one ? checkpoints_.size() - 1 -
                                      static_cast<std::size_t>(last - checkpoints_.rbegin())
                                : 0);
}

Decision AtlasSource::decide(const History& history) const {
    Decision decision;
    const auto newest = std::max_element(
        history.rows.begin(), history.rows.end(),
        [](const auto& a, const auto& b) { return text_of(a[0]) < text_of(b[0]); });
    const std::string last = text_of((*newest)[0]);
    const int applied = std::atoi(text_of((*newest)[3]).c_str());
    const bool is_partial = applied < std::atoi(text_of((*newest)[4]).c_str());
    std::set<std::string> keys;
    std::string baseline;  // the first bit of its type
    for (const auto& row : history.rows) {
        keys.insert(text_of(row[0]));
        if (std::atoi(text_of(row[2]).c_str()) % 2 == 1) baseline = text_of(row[0]);
    }
    for (std::size_t i = 0; i < units_.size(); ++i) {
        const std::string& key = units_[i].key;
        if (key > last || (key == last && is_partial)) {
            if (checkpoints_[i]) continue;
            decision.pending.push_back(i);
            decision.because[i] = key == last ? "stopped after statement " + std::to_string(applied)
                                              : "above " + last;
        } else if (keys.contains(key) || checkpoints_[i] || key <= baseline) {
            ++decision.applied;
        } else {
            decision.findings.push_back(
                refusal(units_[i].migration.path.filename().string() + " is not applied although " +
                            last + " is: atlas stops there unless --exec-order says otherwise",
                        "Give it a version above " + last + " ('atlas migrate rebase').", key));
        }
    }
    if (is_partial) {
        decision.findings.push_back(
            warning(last + " stopped after statement " + std::to_string(applied) +
                        ": atlas goes on with the next one, and so does the rehearsal",
                    "", last));
    }
    return decision;
}

void AtlasSource::record(Migration& migration, const Unit& unit, const History& history) const {
    std::size_t skipped = 0;
    for (const auto& row : history.rows) {
        if (text_of(row[0]) == unit.key)
            skipped = static_cast<std::size_t>(std::atoll(text_of(row[3]).c_str()));
    }
    const std::size_t total = atlas_texts(read_migration(migration.path)).size();
    if (skipped > 0) {
        migration.sends = Sends::texts;
        migration.texts = [path = migration.path, skipped] {
            std::vector<Text> texts = atlas_texts(read_migration(path));
            texts.erase(texts.begin(), texts.begin() + static_cast<std::ptrdiff_t>(
                                                           std::min(skipped, texts.size())));
            return texts;
        };
    }
    const auto hash = std::find_if(sum_.files.begin(), sum_.files.end(), [&](const auto& one) {
        return one.first == migration.path.filename().string();
    });
    const std::string count = std::to_string(total);
    std::string write =
        history.insert({{"version", quoted_literal(unit.key)},
                        {"description", quoted_literal(migration.name)},
                        {"type", "2"},
                        {"applied", count},
                        {"total", count},
                        {"executed_at", "pg_catalog.now()"},
                        {"execution_time", "0"},
                        {"error", "''"},
                        {"error_stmt", "''"},
                        {"hash", quoted_literal(hash == sum_.files.end() ? "" : hash->second)},
                        {"partial_hashes", "'null'"},
                        {"operator_version", "''"}});
    write +=
        " ON CONFLICT (version) DO UPDATE SET applied = excluded.applied, total = "
        "excluded.total, error = '', error_stmt = ''";
    const bool is_one = migration.transaction_mode == TransactionMode::one_transaction;
    (is_one ? migration.record_within : migration.record_after) = {write};
    if (!is_one) {
        migration.after_failure = "atlas' history says how many statements of " + unit.key +
                                  " have run: its next run goes on with the one that failed";
    }
}

std::string AtlasSource::state_of(const History& history) const {
    std::string last;
    for (const auto& row : history.rows) last = std::max(last, text_of(row[0]));
    return ToolSource::state_of(history) + (last.empty() ? "" : ", version " + last);
}

}  // namespace

constinit const Adapter kAtlas{
    kTool,
    [](const Folder& folder, const SourceOptions& options) -> std::unique_ptr<MigrationSource> {
        return std::make_unique<AtlasSource>(folder, options);
    }};

}  // namespace rehearse::migrations
