#include "rehearse/base/error.hpp"
#include "rehearse/base/text.hpp"

#include "adapter.hpp"
#include "checksum.hpp"
#include "texts.hpp"
#include "tool_source.hpp"

#include <algorithm>
#include <charconv>
#include <regex>

namespace rehearse::migrations {

namespace {

constexpr std::string_view kTool = "postgres-migrations";
constexpr std::string_view kNoTransaction = "-- postgres-migrations disable-transaction";

std::size_t number_of(std::string_view digits) {
    std::size_t number = SIZE_MAX;  // where it is larger than that
    std::from_chars(digits.data(), digits.data() + digits.size(), number);
    return number;
}

// postgres-migrations, as its migrate() runs it (src/migrate.ts). Its files are numbered from 1
// without a gap; 0 is the history table's own.
class PostgresMigrationsSource final : public ToolSource {
  public:
    PostgresMigrationsSource(const Folder& folder, const SourceOptions& options);

  private:
    void add(const std::string& file);
    Decision decide(const History& history) const override;
    void record(Migration& migration, const Unit& unit, const History& history) const override;
    std::string hash_of(const Unit& unit) const;
};

PostgresMigrationsSource::PostgresMigrationsSource(const Folder& folder,
                                                   const SourceOptions& options)
    : ToolSource(kTool, "NUMBER_name.sql", folder, options) {
    for (const std::string& file : folder.files()) add(file);
    std::stable_sort(units_.begin(), units_.end(), [](const Unit& a, const Unit& b) {
        return number_of(a.key) < number_of(b.key);
    });
    for (std::size_t i = 0; i < units_.size(); ++i) {
        if (number_of(units_[i].key) == i + 1) continue;
        const std::string file = units_[i].migration.path.filename().string();
        throw Error(ErrorKind::migrations,
                    "found a non-consecutive migration ID on file: " + file + " in " +
                        folder.path().string(),
                    {"Number the files from 1 without a gap: " + std::to_string(i + 1) +
                     " is expected there, and postgres-migrations runs nothing before."});
    }
    finish_listing(folder, {});
}

void PostgresMigrationsSource::add(const std::string& file) {
    static const std::regex taken(R"(\.(sql|js)$)", std::regex::icase);
    static const std::regex pattern(R"(^([0-9]+)[-_]?(.*)\.(sql|js)$)", std::regex::icase);
    if (!std::regex_search(file, taken)) return;
    std::smatch match;
    if (!std::regex_match(file, match, pattern)) {
        throw Error(ErrorKind::migrations, "invalid file name: " + (folder() / file).string(),
                    {"Migrations are named NUMBER_name.sql; move other files elsewhere, because "
                     "postgres-migrations stops at them."});
    }
    Unit unit;
    unit.key = std::to_string(number_of(match[1].str()));
    unit.is_code = lower_cased(match[3].str()) == "js";
    unit.runs = !unit.is_code;
    unit.migration.version = match[1];
    unit.migration.name = match[2].length() == 0 ? file : match[2].str();
    unit.migration.path = folder() / file;
    unit.migration.transaction_mode = TransactionMode::one_transaction;
    unit.migration.sends = Sends::texts;
    refuse_second(units_, unit, "Give one of them the next free number.");
    if (unit.runs) {
        read_ahead(unit.migration, [](Migration& migration) {
            if (read_migration(migration.path).find(kNoTransaction) != std::string::npos)
                migration.transaction_mode = TransactionMode::whole_file_query;
        });
    }
    units_.push_back(std::move(unit));
}

std::string PostgresMigrationsSource::hash_of(const Unit& unit) const {
    const fs::path& path = unit.migration.path;
    return digest_of(path.filename().string() + read_migration(path), Digest::sha1);
}

// The number of rows says how many have run, whatever their ids are.
Decision PostgresMigrationsSource::decide(const History& history) const {
    std::vector<std::pair<std::size_t, std::string>> rows;
    for (const auto& row : history.rows)
        rows.emplace_back(number_of(text_of(row[0])), text_of(row[2]));
    std::sort(rows.begin(), rows.end());
    Decision decision = pending_from(std::min(rows.size() - 1, units_.size()));
    for (const std::size_t index : decision.pending)
        decision.because[index] = "behind the " + std::to_string(decision.applied) + " applied";
    std::vector<std::string> edited;
    for (std::size_t i = 0; i < decision.applied; ++i) {
        if (!units_[i].is_code && rows[i + 1].second != hash_of(units_[i]))
            edited.push_back(units_[i].migration.path.filename().string());
    }
    if (!edited.empty()) {
        decision.findings.push_back(
            refusal("Hashes don't match for migrations '" + listed(edited) +
                        "': the scripts have changed since they were applied",
                    "Put the files back as they were, their names too, and write a new migration; "
                    "postgres-migrations runs nothing before."));
    }
    return decision;
}

void PostgresMigrationsSource::record(Migration& migration, const Unit& unit,
                                      const History& history) const {
    record_with(migration, {history.insert({{"id", unit.key},
                                            {"name", quoted_literal(migration.name)},
                                            {"hash", quoted_literal(hash_of(unit))}})});
}

}  // namespace

constinit const Adapter kPostgresMigrations{
    kTool,
    [](const Folder& folder, const SourceOptions& options) -> std::unique_ptr<MigrationSource> {
        return std::make_unique<PostgresMigrationsSource>(folder, options);
    }};

}  // namespace rehearse::migrations
