#include "rehearse/base/error.hpp"
#include "rehearse/base/text.hpp"

#include "adapter.hpp"
#include "files_below.hpp"
#include "flyway_history.hpp"
#include "flyway_script.hpp"
#include "flyway_settings.hpp"
#include "flyway_version.hpp"
#include "numbering.hpp"
#include "texts.hpp"
#include "tool_source.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace rehearse::migrations {

namespace {

using Severity = SourceFinding::Severity;

constexpr std::string_view kTool = "flyway";

enum class Kind { versioned, repeatable, baseline };

struct FlywayFile {
    Kind kind{};
    std::string file;         // relative to the folder
    std::string version;      // as it is written; empty for a repeatable one
    std::string key;          // flyway_version(), or the description of a repeatable one
    std::string description;  // with spaces
};

// SQL files that Flyway runs by their name around its migrations (api/callback/Event.java).
bool is_callback(const std::string& stem) {
    constexpr std::array<std::string_view, 6> kBegins{"before", "after",         "createSchema",
                                                      "Before", "beforeConnect", "afterConnect"};
    const std::string event = stem.substr(0, stem.find("__"));
    constexpr std::array<std::string_view, 10> kEvents{
        "Migrate", "Validate", "Baseline", "Info",      "Repair",
        "Clean",   "Undo",     "Connect",  "Versioned", "Repeatables"};
    const bool begins = std::any_of(kBegins.begin(), kBegins.end(), [&](std::string_view begin) {
        return event.starts_with(begin);
    });
    return event == "createSchema" ||
           (begins && std::any_of(kEvents.begin(), kEvents.end(), [&](std::string_view what) {
                return event.find(what) != std::string::npos;
            }));
}

// Undo files need a licence; without one they are passed over.
bool is_undo(const std::string& stem) {
    return stem.size() > 1 && stem[0] == 'U' && stem[1] >= '0' && stem[1] <= '9';
}

class FlywaySource final : public ToolSource {
  public:
    FlywaySource(const Folder& folder, const SourceOptions& options);

  private:
    std::optional<FlywayFile> parse(const std::string& file, const std::string& stem) const;
    void add(const FlywayFile& file);
    void note_callbacks(const std::vector<std::string>& callbacks);
    HistoryShape shape() const override;
    Decision decide(const History& history) const override;
    Decision decide_without_rows(std::size_t from) const override;
    void record(Migration& migration, const Unit& unit, const History& history) const override;
    std::string state_of(const History& history) const override;

    void judge_checksums(Decision& decision, const FlywayHistory& history) const;
    void judge_missing(Decision& decision, const FlywayHistory& history) const;
    void judge_scripts(Decision& decision) const;
    std::string filled_text(std::size_t index) const;

    FlywaySettings settings_;
    std::vector<FlywayFile> files_;  // one for each unit
};

FlywaySource::FlywaySource(const Folder& folder, const SourceOptions& options)
    : ToolSource(kTool, "V1__name.sql", folder, options),
      settings_(read_flyway_settings(folder.path())) {
    std::vector<std::string> ignored;
    std::vector<std::string> callbacks;
    for (const std::string& file : files_below(folder.path())) {
        if (!lower_cased(file).ends_with(settings_.suffix)) continue;
        std::string stem = fs::path(file).filename().string();
        stem.resize(stem.size() - settings_.suffix.size());
        if (auto parsed = parse(file, stem)) {
            files_.push_back(*std::move(parsed));
        } else if (is_callback(stem)) {
            callbacks.push_back(file);
        } else if (!is_undo(stem)) {
            ignored.push_back(file);
        }
    }
    std::stable_sort(files_.begin(), files_.end(), [](const auto& a, const auto& b) {
        const bool a_repeats = a.kind == Kind::repeatable;
        const bool b_repeats = b.kind == Kind::repeatable;
        if (a_repeats != b_repeats) return b_repeats;
        if (a_repeats) return a.key < b.key;
        return Numbering(a.key) < Numbering(b.key);
    });
    for (const FlywayFile& file : files_) add(file);
    note_callbacks(callbacks);
    finish_listing(folder, ignored);
}

// ResourceNameParser.java: the prefix as it is written, then all up to the separator.
std::optional<FlywayFile> FlywaySource::parse(const std::string& file,
                                              const std::string& stem) const {
    FlywayFile parsed;
    parsed.file = file;
    const std::size_t separator = stem.find(settings_.separator);
    const auto description = [&] {
        std::string text = separator == std::string::npos
                               ? ""
                               : stem.substr(separator + settings_.separator.size());
        std::replace(text.begin(), text.end(), '_', ' ');
        return text;
    };
    parsed.description = description();
    const std::string& repeatable = settings_.repeatable_prefix;
    if (stem.starts_with(repeatable) && separator == repeatable.size()) {
        parsed.kind = Kind::repeatable;
        parsed.key = parsed.description;
        return parsed;
    }
    for (const auto& [prefix, kind] : {std::pair{settings_.versioned_prefix, Kind::versioned},
                                       {std::string("B"), Kind::baseline}}) {
        if (!stem.starts_with(prefix) || separator == std::string::npos) continue;
        if (separator < prefix.size()) continue;
        parsed.version = stem.substr(prefix.size(), separator - prefix.size());
        const auto key = flyway_version(parsed.version);
        if (!key) continue;
        parsed.kind = kind;
        parsed.key = *key;
        return parsed;
    }
    return std::nullopt;
}

void FlywaySource::add(const FlywayFile& file) {
    Unit unit;
    unit.key = file.key;
    unit.migration.version = file.kind == Kind::repeatable ? "R " + file.description : file.version;
    unit.migration.name = file.description;
    unit.migration.path = folder() / file.file;
    unit.migration.transaction_mode = TransactionMode::one_transaction;
    // They are sorted: its like stands right before it.
    for (std::size_t i = units_.size(); i-- > 0 && files_[i].key == file.key;) {
        if (files_[i].kind != file.kind) continue;
        throw Error(
            ErrorKind::migrations,
            "two flyway migrations with " +
                (file.kind == Kind::repeatable ? "the description " : std::string("version ")) +
                file.key + " in " + folder().string() + ": " + files_[i].file + " and " + file.file,
            {"Give one of them another; flyway refuses to start otherwise (1, 1.0 and 01 "
             "are the same version)."});
    }
    units_.push_back(std::move(unit));
}

void FlywaySource::note_callbacks(const std::vector<std::string>& callbacks) {
    if (callbacks.empty()) return;
    notes_.push_back(
        warning("flyway runs callbacks that the rehearsal does not: " + listed(callbacks),
                "Rehearse with --command 'flyway migrate' if they matter."));
}

HistoryShape FlywaySource::shape() const {
    HistoryShape shape = ToolSource::shape();
    if (!settings_.table.empty()) shape.name = settings_.table;
    if (!settings_.default_schema.empty()) shape.schema = settings_.default_schema;
    return shape;
}

// ResolvedMigration.getState and what validate makes of it.
Decision FlywaySource::decide(const History& read) const {
    Decision decision;
    const FlywayHistory history(read.rows);
    for (const FlywayRow& row : history.failed()) {
        decision.findings.push_back(
            refusal("flyway's history says that " + row.what() +
                        " failed: it validates first and stops there",
                    "Mend production's schema and run 'flyway repair', or take another snapshot.",
                    row.version));
    }
    judge_checksums(decision, history);
    judge_missing(decision, history);
    const std::string last = history.last_applied();
    for (std::size_t i = 0; i < units_.size(); ++i) {
        const FlywayFile& file = files_[i];
        if (file.kind == Kind::baseline) continue;
        if (file.kind == Kind::repeatable) {
            const FlywayRow* row = history.latest_repeatable(file.description);
            const bool is_same =
                row != nullptr && row->checksum &&
                (*row->checksum == flyway_checksum(filled_text(i)) ||
                 *row->checksum == flyway_checksum(read_migration(units_[i].migration.path)));
            if (is_same) {
                ++decision.applied;
            } else {
                decision.pending.push_back(i);
                if (row != nullptr) decision.because[i] = "changed since it was applied";
            }
            continue;
        }
        if (history.has_applied(file.key) || history.is_below_baseline(file.key)) {
            ++decision.applied;
        } else if (!last.empty() && Numbering(file.key) < Numbering(last) &&
                   !settings_.out_of_order) {
            auto finding = refusal(
                file.file + " is not applied although " + last +
                    " is: flyway's validation stops there (or, told to ignore it, never runs it)",
                "Give it a version above " + last +
                    ", or set flyway.outOfOrder=true as production has it.",
                file.version);
            if (settings_.ignores_ignored || !settings_.validates)
                finding.severity = Severity::warning;
            decision.findings.push_back(std::move(finding));
        } else {
            decision.pending.push_back(i);
        }
    }
    judge_scripts(decision);
    return decision;
}

// Where there is no history yet the highest baseline file runs in place of all below it.
Decision FlywaySource::decide_without_rows(std::size_t from) const {
    Decision decision;
    std::optional<std::size_t> baseline;
    for (std::size_t i = 0; i < files_.size(); ++i) {
        if (files_[i].kind == Kind::baseline && options().pending_from.empty()) baseline = i;
    }
    for (std::size_t i = from; i < files_.size(); ++i) {
        const bool is_covered = baseline && files_[i].kind == Kind::versioned &&
                                Numbering(files_[i].key) <= Numbering(files_[*baseline].key);
        if (files_[i].kind == Kind::baseline ? baseline == i : !is_covered)
            decision.pending.push_back(i);
    }
    decision.applied = from;
    judge_scripts(decision);
    return decision;
}

void FlywaySource::judge_checksums(Decision& decision, const FlywayHistory& history) const {
    if (!settings_.validates) return;
    for (std::size_t i = 0; i < units_.size(); ++i) {
        if (files_[i].kind != Kind::versioned) continue;
        const FlywayRow* row = history.applied(files_[i].key);
        if (row == nullptr || !row->is_sql() || !row->checksum) continue;
        const std::string text = read_migration(units_[i].migration.path);
        if (*row->checksum != flyway_checksum(text) &&
            *row->checksum != flyway_checksum(filled_text(i))) {
            decision.findings.push_back(refusal(
                files_[i].file + " was edited after it had been applied (checksum " +
                    std::to_string(flyway_checksum(text)) + ", in the history " +
                    std::to_string(*row->checksum) + "): flyway validates first and stops",
                "Put the file back as it was and make the change in a new migration, or run "
                "'flyway repair' on production.",
                files_[i].version));
        } else if (row->description != files_[i].description) {
            decision.findings.push_back(
                refusal(files_[i].file + " was applied as \"" + row->description +
                            "\": flyway's validation stops at another description",
                        "Rename the file as it was.", files_[i].version));
        }
    }
}

void FlywaySource::judge_missing(Decision& decision, const FlywayHistory& history) const {
    if (!settings_.validates || settings_.ignores_missing) return;
    std::string highest;
    for (const FlywayFile& file : files_) {
        if (file.kind == Kind::versioned) highest = file.key;
    }
    for (const FlywayRow& row : history.applied_sql()) {
        const bool is_there =
            std::any_of(files_.begin(), files_.end(), [&](const FlywayFile& file) {
                return row.version.empty()
                           ? file.kind == Kind::repeatable && file.description == row.description
                           : file.kind != Kind::repeatable && file.key == row.key;
            });
        // One above all that the folder has is of the future, which flyway ignores.
        const bool is_future =
            !row.version.empty() && (highest.empty() || Numbering(row.key) > Numbering(highest));
        if (is_there || is_future) continue;
        decision.findings.push_back(
            refusal(row.what() + " (" + row.script +
                        ") is applied and not in the folder: flyway's validation stops there",
                    "Put the file back, or set flyway.ignoreMigrationPatterns=*:missing as "
                    "production has it.",
                    row.version));
    }
}

void FlywaySource::judge_scripts(Decision& decision) const {
    if (settings_.mixed) return;
    for (const std::size_t i : decision.pending) {
        if (!flyway_script(read_migration(units_[i].migration.path), units_[i].migration.path)
                 .is_mixed)
            continue;
        decision.findings.push_back(refusal(
            files_[i].file + " has statements that cannot run in a transaction beside others: "
                             "flyway refuses it unless mixed=true",
            "Put the former into a migration of their own.", files_[i].version));
    }
}

std::string FlywaySource::filled_text(std::size_t index) const {
    const std::string text = read_migration(units_[index].migration.path);
    if (!settings_.replaces_placeholders || text.find("${") == std::string::npos) return text;
    try {
        return with_values(text, settings_.values(options().variables),
                           units_[index].migration.path);
    } catch (const Error&) {
        return text;
    }
}

void FlywaySource::record(Migration& migration, const Unit& unit, const History& history) const {
    const auto index = static_cast<std::size_t>(&unit - units_.data());
    const FlywayFile& file = files_[index];
    const std::string text = read_migration(migration.path);
    FlywayScript script = flyway_script(text, migration.path);
    if (!script.in_transaction) migration.transaction_mode = TransactionMode::autocommit;
    if (!script.runs) {
        migration.texts = [] { return std::vector<Text>{}; };
    } else if (settings_.replaces_placeholders && script.replaces_placeholders &&
               text.find("${") != std::string::npos) {
        auto variables = options().variables;
        variables["flyway:defaultSchema"] = history.table.schema;
        variables["flyway:table"] = history.table.name;
        variables["flyway:filename"] = file.file;
        migration.texts = [path = migration.path, values = settings_.values(variables)] {
            return std::vector{Text{with_values(read_migration(path), values, path), {}}};
        };
    }
    const std::int32_t checksum =
        flyway_checksum(file.kind == Kind::repeatable ? filled_text(index) : text);
    const bool is_versioned = file.kind != Kind::repeatable;
    migration.record_before = {"RESET ROLE", "RESET search_path"};
    if (!settings_.default_schema.empty()) {
        migration.record_before.push_back(
            "SELECT pg_catalog.set_config('search_path', " +
            quoted_literal(in_double_quotes(settings_.default_schema)) + ", false)");
    }
    migration.record_after = {
        history.insert({{"installed_rank", "(SELECT coalesce(max(installed_rank), 0) + 1 FROM " +
                                               history.quoted() + ")"},
                        {"version", is_versioned ? quoted_literal(file.version) : "NULL"},
                        {"description", quoted_literal(file.description)},
                        {"type", file.kind == Kind::baseline ? "'SQL_BASELINE'" : "'SQL'"},
                        {"script", quoted_literal(file.file)},
                        {"checksum", std::to_string(checksum)},
                        {"installed_by", "current_user"},
                        {"execution_time", "0"},
                        {"success", "true"}})};
    if (!script.in_transaction) {
        migration.after_failure = "flyway's history says that " + migration.version +
                                  " failed: it runs nothing more until somebody mends the schema "
                                  "and runs 'flyway repair'";
    }
}

std::string FlywaySource::state_of(const History& history) const {
    const std::string last = FlywayHistory(history.rows).last_applied();
    return ToolSource::state_of(history) + (last.empty() ? "" : ", version " + last);
}

}  // namespace

constinit const Adapter kFlyway{
    kTool,
    [](const Folder& folder, const SourceOptions& options) -> std::unique_ptr<MigrationSource> {
        return std::make_unique<FlywaySource>(folder, options);
    }};

}  // namespace rehearse::migrations
