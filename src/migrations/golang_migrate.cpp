#include "rehearse/base/error.hpp"
#include "rehearse/base/text.hpp"

#include "adapter.hpp"
#include "golang_migrate_history.hpp"

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <map>
#include <regex>

namespace rehearse::migrations {

namespace {

using Severity = SourceFinding::Severity;

constexpr std::string_view kTool = "golang-migrate";

// source/parse.go: any extension after the direction.
const std::regex& file_pattern() {
    static const std::regex pattern(R"(^([0-9]+)_(.*)\.(up|down)\.(.*)$)");
    return pattern;
}

struct FileName {
    std::uint64_t number = 0;
    std::string digits;
    std::string name;
    bool is_up = false;
};

// nullopt for what the tool passes over, a number beyond 64 bits included.
std::optional<FileName> parse_file_name(const std::string& file) {
    std::smatch match;
    if (!std::regex_match(file, match, file_pattern())) return std::nullopt;
    FileName parsed{0, match[1], match[2], match[3] == "up"};
    const char* end = parsed.digits.data() + parsed.digits.size();
    if (std::from_chars(parsed.digits.data(), end, parsed.number).ec != std::errc{})
        return std::nullopt;
    return parsed;
}

// A version counts as soon as one direction is there; without an up file the tool steps over it.
struct Version {
    std::string up_digits;
    std::string up_name;
    std::string up_file;
    std::string down_file;
};

std::string in_double_quotes(const std::string& name) {
    std::string quoted = "\"";
    for (const char c : name) {
        if (c == '"') quoted += '"';
        quoted += c;
    }
    return quoted + '"';
}

// What the tool does to its table around a file (database/postgres/postgres.go, SetVersion).
void add_history_writes(Migration& migration, std::uint64_t number,
                        const GolangMigrateHistory& history) {
    const std::string table =
        in_double_quotes(history.table.schema) + "." + in_double_quotes(history.table.name);
    const auto writes = [&](const char* dirty) {
        return std::vector<std::string>{"TRUNCATE " + table,
                                        "INSERT INTO " + table + " (version, dirty) VALUES (" +
                                            std::to_string(number) + ", " + dirty + ")"};
    };
    migration.record_before = writes("true");
    migration.record_after = writes("false");
    if (history.table_exists) return;
    migration.record_before.insert(
        migration.record_before.begin(),
        "CREATE TABLE IF NOT EXISTS " + table +
            " (version bigint NOT NULL PRIMARY KEY, dirty boolean NOT NULL)");
}

bool is_refused(const Pending& pending) {
    return std::any_of(pending.findings.begin(), pending.findings.end(),
                       [](const auto& one) { return one.severity == Severity::refusal; });
}

class GolangMigrateSource final : public MigrationSource {
  public:
    GolangMigrateSource(const Folder& folder, const SourceOptions& options);

    std::string tool() const override { return std::string(kTool); }
    std::vector<Migration> all() const override;
    Pending pending(pg::AdminSession& scratch) const override;

  private:
    Migration migration_of(const Version& version) const;
    void judge_history(Pending& pending, const GolangMigrateHistory& history,
                       pg::AdminSession& scratch) const;
    void judge_missing_history(Pending& pending, const GolangMigrateHistory& history,
                               pg::AdminSession& scratch) const;
    void judge_skipped(Pending& pending, std::uint64_t at) const;
    std::uint64_t first_pending_number() const;

    fs::path folder_;
    SourceOptions options_;
    std::map<std::uint64_t, Version> versions_;
    std::vector<SourceFinding> notes_;
};

GolangMigrateSource::GolangMigrateSource(const Folder& folder, const SourceOptions& options)
    : folder_(folder.path()), options_(options) {
    std::vector<std::string> ignored;
    for (const std::string& file : folder.files()) {
        const auto parsed = parse_file_name(file);
        if (!parsed) {
            if (file.ends_with(".sql")) ignored.push_back(file);
            continue;
        }
        folder.readable(file);
        Version& version = versions_[parsed->number];
        std::string& place = parsed->is_up ? version.up_file : version.down_file;
        if (!place.empty()) {
            throw Error(ErrorKind::migrations,
                        "two " + std::string(parsed->is_up ? "up" : "down") +
                            " files with version " + std::to_string(parsed->number) + " in " +
                            folder_.string() + ": " + place + " and " + file,
                        {"Give one of them another number; golang-migrate refuses to start "
                         "otherwise. Every extension counts, so move backups elsewhere."});
        }
        place = file;
        if (!parsed->is_up) continue;
        version.up_digits = parsed->digits;
        version.up_name = parsed->name;
    }
    if (versions_.empty()) {
        throw Error(
            ErrorKind::migrations,
            "no golang-migrate files in " + folder_.string() + "; found there: " + folder.listing(),
            {"They are named 000001_add_column.up.sql and 000001_add_column.down.sql."});
    }
    if (const auto finding = finding_about_ignored(ignored, "NUMBER_name.up.sql"))
        notes_.push_back(*finding);
    for (const auto& [number, version] : versions_) {
        if (!version.up_file.empty()) continue;
        notes_.push_back({Severity::note, std::to_string(number),
                          version.down_file + " has no up file: golang-migrate counts the version "
                                              "and runs nothing",
                          ""});
    }
    if (!options_.pending_from.empty())
        index_meant_by(all(), options_.pending_from, "--pending-from");
}

Migration GolangMigrateSource::migration_of(const Version& version) const {
    Migration migration;
    migration.version = version.up_digits;
    migration.name = version.up_name;
    migration.path = folder_ / version.up_file;
    if (!version.down_file.empty()) migration.down_path = folder_ / version.down_file;
    migration.tool = kTool;
    migration.transaction_mode = TransactionMode::whole_file_query;
    return migration;
}

std::vector<Migration> GolangMigrateSource::all() const {
    std::vector<Migration> migrations;
    for (const auto& [number, version] : versions_) {
        if (!version.up_file.empty()) migrations.push_back(migration_of(version));
    }
    return migrations;
}

Pending GolangMigrateSource::pending(pg::AdminSession& scratch) const {
    Pending pending;
    pending.findings = notes_;
    const auto history = read_golang_migrate_history(scratch, options_.history_table);
    pending.findings.insert(pending.findings.end(), history.findings.begin(),
                            history.findings.end());
    if (history.table_exists) pending.history = history.table.text();
    if (is_refused(pending)) return pending;

    judge_history(pending, history, scratch);
    if (is_refused(pending)) return pending;

    const std::uint64_t from = history.version ? *history.version + 1 : first_pending_number();
    for (const auto& [number, version] : versions_) {
        if (number < from) {
            ++pending.applied;
        } else if (!version.up_file.empty()) {
            Migration migration = migration_of(version);
            add_history_writes(migration, number, history);
            pending.migrations.push_back(std::move(migration));
        }
    }
    return pending;
}

void GolangMigrateSource::judge_history(Pending& pending, const GolangMigrateHistory& history,
                                        pg::AdminSession& scratch) const {
    if (!history.version) return judge_missing_history(pending, history, scratch);
    if (!options_.pending_from.empty()) {
        pending.findings.push_back({Severity::warning, "",
                                    "--pending-from is not used: " + history.table.text() +
                                        " says that version " + std::to_string(*history.version) +
                                        " is applied",
                                    ""});
    }
    if (!versions_.contains(*history.version)) {
        pending.findings.push_back(
            {Severity::refusal, "",
             "no migration found for version " + std::to_string(*history.version),
             "The snapshot is at a version that " + folder_.string() +
                 " does not have: bring the branch up to date, or check --migrations."});
        return;
    }
    judge_skipped(pending, *history.version);
}

// The tool would run every file. That is right for a team that begins to use it, and wrong for a
// snapshot that left the history out; --pending-from tells the two apart.
void GolangMigrateSource::judge_missing_history(Pending& pending,
                                                const GolangMigrateHistory& history,
                                                pg::AdminSession& scratch) const {
    if (!options_.pending_from.empty() || !scratch.has_user_tables()) return;
    if (history.table_exists) {
        pending.findings.push_back(
            {Severity::refusal, "",
             history.table.text() + " is empty, but the snapshot has tables: everything would be "
                                    "replayed on top of them",
             "Take the snapshot with the rows of the history table, or say which version is the "
             "first pending one with --pending-from VERSION."});
        return;
    }
    pending.findings.push_back(
        {Severity::warning, "",
         "the snapshot has tables but no history of golang-migrate: every migration counts as "
         "pending",
         "If the history has another name, give it with --history-table; say which version is the "
         "first pending one with --pending-from VERSION."});
}

// One row cannot say which of the older files were run. That a file is new in this change can.
void GolangMigrateSource::judge_skipped(Pending& pending, std::uint64_t at) const {
    if (!options_.added) return;
    for (const fs::path& path : *options_.added) {
        const auto parsed = parse_file_name(path.filename().string());
        if (!parsed || !parsed->is_up || parsed->number > at) continue;
        pending.findings.push_back(
            {Severity::warning, parsed->digits,
             path.filename().string() + " is new, but the database is at version " +
                 std::to_string(at) + " already: golang-migrate skips it without a word",
             "Give it a number above " + std::to_string(versions_.rbegin()->first) + "."});
    }
}

std::uint64_t GolangMigrateSource::first_pending_number() const {
    if (options_.pending_from.empty()) return 0;
    const auto migrations = all();
    const auto& from =
        migrations[index_meant_by(migrations, options_.pending_from, "--pending-from")];
    return parse_file_name(from.path.filename().string())->number;
}

}  // namespace

constinit const Adapter kGolangMigrate{
    kTool,
    [](const Folder& folder, const SourceOptions& options) -> std::unique_ptr<MigrationSource> {
        return std::make_unique<GolangMigrateSource>(folder, options);
    }};

}  // namespace rehearse::migrations
