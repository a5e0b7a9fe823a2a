#include "rehearse/base/error.hpp"
#include "rehearse/base/text.hpp"

#include "adapter.hpp"
#include "tool_source.hpp"

#include <charconv>
#include <cstdint>
#include <map>
#include <optional>
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

class GolangMigrateSource final : public ToolSource {
  public:
    GolangMigrateSource(const Folder& folder, const SourceOptions& options);

  private:
    void add(std::uint64_t number, const Version& version);
    Decision decide(const History& history) const override;
    Decision decide_at(std::uint64_t at) const;
    void judge_skipped(Decision& decision, std::uint64_t at) const;
    void record(Migration& migration, const Unit& unit, const History& history) const override;
    std::string state_of(const History& history) const override;
};

GolangMigrateSource::GolangMigrateSource(const Folder& folder, const SourceOptions& options)
    : ToolSource(kTool, "NUMBER_name.up.sql", folder, options) {
    std::map<std::uint64_t, Version> versions;
    std::vector<std::string> ignored;
    for (const std::string& file : folder.files()) {
        const auto parsed = parse_file_name(file);
        if (!parsed) {
            if (file.ends_with(".sql")) ignored.push_back(file);
            continue;
        }
        folder.readable(file);
        Version& version = versions[parsed->number];
        std::string& place = parsed->is_up ? version.up_file : version.down_file;
        if (!place.empty()) {
            throw Error(ErrorKind::migrations,
                        "two " + std::string(parsed->is_up ? "up" : "down") +
                            " files with version " + std::to_string(parsed->number) + " in " +
                            folder.path().string() + ": " + place + " and " + file,
                        {"Give one of them another number; golang-migrate refuses to start "
                         "otherwise. Every extension counts, so move backups elsewhere."});
        }
        place = file;
        if (!parsed->is_up) continue;
        version.up_digits = parsed->digits;
        version.up_name = parsed->name;
    }
    for (const auto& [number, version] : versions) add(number, version);
    finish_listing(folder, ignored);
}

void GolangMigrateSource::add(std::uint64_t number, const Version& version) {
    Unit unit;
    unit.key = std::to_string(number);
    unit.runs = !version.up_file.empty();
    unit.migration.version = unit.runs ? version.up_digits : unit.key;
    unit.migration.name = version.up_name;
    unit.migration.path = folder() / version.up_file;
    if (!version.down_file.empty()) unit.migration.down_path = folder() / version.down_file;
    unit.migration.transaction_mode = TransactionMode::whole_file_query;
    unit.migration.sends = Sends::texts;
    units_.push_back(std::move(unit));
    if (!version.up_file.empty()) return;
    notes_.push_back({Severity::note, std::to_string(number),
                      version.down_file + " has no up file: golang-migrate counts the version and "
                                          "runs nothing",
                      ""});
}

// The table has one row, the version that the database is at (database/postgres/postgres.go).
Decision GolangMigrateSource::decide(const History& history) const {
    Decision decision;
    if (history.rows.size() > 1) {
        decision.findings.push_back(refusal(
            history.table.text() + " has " + std::to_string(history.rows.size()) +
                " rows, but golang-migrate keeps one",
            "It may be another tool's table (Hasura's has the same columns): name the right one "
            "with --history-table."));
        return decision;
    }
    const std::string version = text_of(history.rows.front()[0]);
    if (text_of(history.rows.front()[1]) == "true") {
        decision.findings.push_back(
            refusal("Dirty database version " + version + ". Fix and force version.",
                    "The snapshot was taken while this migration ran or after it had failed: take "
                    "another one, or mend production first.",
                    version));
        return decision;
    }
    // -1 without dirty is what the tool calls the nil version.
    std::uint64_t at = 0;
    const auto [end, error] = std::from_chars(version.data(), version.data() + version.size(), at);
    if (error != std::errc{} || end != version.data() + version.size()) return pending_from(0);
    return decide_at(at);
}

Decision GolangMigrateSource::decide_at(std::uint64_t at) const {
    const auto index = unit_with_key(std::to_string(at));
    if (!index) {
        Decision decision;
        decision.findings.push_back(
            refusal("no migration found for version " + std::to_string(at),
                    "The snapshot is at a version that " + folder().string() +
                        " does not have: bring the branch up to date, or check --migrations."));
        return decision;
    }
    Decision decision = pending_from(*index + 1);
    for (const std::size_t pending : decision.pending)
        decision.because[pending] = "above version " + std::to_string(at);
    judge_skipped(decision, at);
    return decision;
}

// One row cannot say which of the older files were run. That a file is new in this change can.
void GolangMigrateSource::judge_skipped(Decision& decision, std::uint64_t at) const {
    if (!options().added) return;
    for (const fs::path& path : *options().added) {
        const auto parsed = parse_file_name(path.filename().string());
        if (!parsed || !parsed->is_up || parsed->number > at) continue;
        decision.findings.push_back(
            warning(path.filename().string() + " is new, but the database is at version " +
                        std::to_string(at) + " already: golang-migrate skips it without a word",
                    "Give it a number above " + units_.back().key + ".", parsed->digits));
    }
}

// What the tool does to its table around a file (database/postgres/postgres.go, SetVersion).
void GolangMigrateSource::record(Migration& migration, const Unit& unit,
                                 const History& history) const {
    const auto writes = [&](const char* dirty) {
        return std::vector<std::string>{"TRUNCATE " + history.quoted(),
                                        history.insert({{"version", unit.key}, {"dirty", dirty}})};
    };
    migration.record_before = writes("true");
    migration.record_after = writes("false");
    migration.after_failure =
        "golang-migrate's history says that version " + migration.version +
        " is dirty: it runs nothing more until somebody mends the schema and forces a version";
}

std::string GolangMigrateSource::state_of(const History& history) const {
    if (history.rows.size() != 1) return ToolSource::state_of(history);
    return history.table.text() + ".version = " + text_of(history.rows.front()[0]);
}

}  // namespace

constinit const Adapter kGolangMigrate{
    kTool,
    [](const Folder& folder, const SourceOptions& options) -> std::unique_ptr<MigrationSource> {
        return std::make_unique<GolangMigrateSource>(folder, options);
    }};

}  // namespace rehearse::migrations
