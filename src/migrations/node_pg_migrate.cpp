#include "rehearse/base/error.hpp"
#include "rehearse/base/text.hpp"

#include "adapter.hpp"
#include "texts.hpp"
#include "tool_source.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <chrono>
#include <cstdint>
#include <tuple>

namespace rehearse::migrations {

namespace {

constexpr std::string_view kTool = "node-pg-migrate";
constexpr std::array<std::string_view, 6> kCode = {".js", ".ts", ".cjs", ".mjs", ".cts", ".mts"};
constexpr std::size_t kDateDigits = 17;

// The number that a name begins with: of 17 digits, "20240102030405006", its milliseconds since
// 1970. nullopt where there is none.
std::optional<std::int64_t> number_of(std::string_view name) {
    const std::size_t size = std::min(name.find_first_not_of("0123456789"), name.size());
    if (size == 0) return std::nullopt;
    std::int64_t number = 0;
    const auto part = [&](std::size_t at, std::size_t digits) {
        std::int64_t value = INT64_MAX;  // where it is larger than that
        std::from_chars(name.data() + at, name.data() + at + digits, value);
        return value;
    };
    if (size != kDateDigits) return part(0, size);
    using namespace std::chrono;
    const sys_days day{year{static_cast<int>(part(0, 4))} /
                       month{static_cast<unsigned>(part(4, 2))} / static_cast<int>(part(6, 2))};
    const milliseconds time =
        hours{part(8, 2)} + minutes{part(10, 2)} + seconds{part(12, 2)} + milliseconds{part(14, 3)};
    number = milliseconds{day.time_since_epoch() + time}.count();
    return number;
}

// What follows the number, the extension too: files of one number are ordered by it as people
// would, without its punctuation.
std::string letters_of(const std::string& name) {
    std::string letters = lower_cased(
        std::string_view(name).substr(std::min(name.find_first_not_of("0123456789"), name.size())));
    std::erase_if(letters, [](char c) { return c == '_' || c == '-' || c == ' ' || c == '.'; });
    return letters;
}

// "-- Up Migration", in any case, with any dashes before it. Where its line begins; npos without.
std::size_t find_marker(std::string_view text, std::string_view direction) {
    constexpr std::string_view kSpace = " \t\r\n\v\f";
    constexpr std::string_view kSpaceOrDash = " \t\r\n\v\f-";
    for (const Line& line : lines_of(text)) {
        const std::size_t begin = line.text.find_first_not_of(kSpace);
        if (begin == std::string_view::npos || !line.text.substr(begin).starts_with("--")) continue;
        const std::size_t word = text.find_first_not_of(kSpaceOrDash, line.begin + begin);
        if (word == std::string_view::npos ||
            !starts_with_ignoring_case(text.substr(word), direction))
            continue;
        const std::size_t behind = word + direction.size();
        const std::size_t next = text.find_first_not_of(kSpace, behind);
        if (next == std::string_view::npos || next == behind) continue;
        if (starts_with_ignoring_case(text.substr(next), "migration")) return line.begin;
    }
    return std::string_view::npos;
}

// Without "Up Migration" the whole file is the way up, a way down in it included.
std::vector<Text> way_up(const fs::path& path) {
    const std::string text = read_migration(path);
    const std::size_t up = find_marker(text, "up");
    const std::size_t down = find_marker(text, "down");
    if (up == std::string::npos) return {stretch_of(text, 0, text.size())};
    return {stretch_of(text, up, down == std::string::npos || down < up ? text.size() : down)};
}

// node-pg-migrate's SQL files, as `node-pg-migrate up` runs them with its defaults (src/runner.ts,
// src/sqlMigration.ts). Files in JavaScript and TypeScript share the sequence.
class NodePgMigrateSource final : public ToolSource {
  public:
    NodePgMigrateSource(const Folder& folder, const SourceOptions& options);

  private:
    void add(const std::string& file, bool is_code);
    Decision decide(const History& history) const override;
    Decision decide_without_rows(std::size_t from) const override;
    void judge_order(Decision& decision, std::vector<std::string> ran) const;
    Decision completed(Decision decision) const;
    void record(Migration& migration, const Unit& unit, const History& history) const override;

    std::set<std::string> runs_both_ways_;  // keys
};

NodePgMigrateSource::NodePgMigrateSource(const Folder& folder, const SourceOptions& options)
    : ToolSource(kTool, "NUMBER_name.sql", folder, options) {
    for (const std::string& file : folder.files()) {
        const std::string extension = lower_cased(fs::path(file).extension().string());
        const bool is_code = std::find(kCode.begin(), kCode.end(), extension) != kCode.end();
        if (!is_code && extension != ".sql") {
            notes_.push_back(warning(
                file + " is in the folder: node-pg-migrate takes every file there for a migration",
                "Move it elsewhere, unless your --ignore-pattern leaves it out."));
        } else if (!number_of(file)) {
            throw Error(ErrorKind::migrations,
                        (folder.path() / file).string() + " does not begin with a number",
                        {"Give it one or move it elsewhere; node-pg-migrate stops at it."});
        } else {
            add(file, is_code);
        }
    }
    std::stable_sort(units_.begin(), units_.end(), [](const Unit& a, const Unit& b) {
        return std::tuple(*number_of(a.key), letters_of(a.migration.path.filename())) <
               std::tuple(*number_of(b.key), letters_of(b.migration.path.filename()));
    });
    tell_versions_apart(units_);
    finish_listing(folder, {});
}

void NodePgMigrateSource::add(const std::string& file, bool is_code) {
    Unit unit;
    unit.key = fs::path(file).stem().string();
    unit.is_code = is_code;
    unit.runs = !is_code;
    const std::size_t digits = std::min(unit.key.find_first_not_of("0123456789"), unit.key.size());
    unit.migration.version = unit.key.substr(0, digits);
    unit.migration.name = unit.key.substr(std::min(digits + 1, unit.key.size()));
    unit.migration.path = folder() / file;
    unit.migration.transaction_mode = is_told("no-single-transaction")
                                          ? TransactionMode::one_transaction
                                          : TransactionMode::one_transaction_for_all;
    unit.migration.sends = Sends::texts;
    unit.migration.texts = [path = unit.migration.path] { return way_up(path); };
    refuse_second(units_, unit, "node-pg-migrate tells its files apart by name, without .sql.");
    if (!is_code) {
        read_ahead(unit.migration, [&](Migration& migration) {
            const std::string text = read_migration(migration.path);
            if (find_marker(text, "down") == std::string::npos) return;
            migration.down_path = migration.path;
            if (find_marker(text, "up") == std::string::npos) runs_both_ways_.insert(unit.key);
        });
    }
    units_.push_back(std::move(unit));
}

Decision NodePgMigrateSource::decide(const History& history) const {
    std::vector<std::tuple<std::string, std::int64_t, std::string>> rows;
    for (const auto& row : history.rows) {
        std::int64_t id = 0;
        const std::string text = text_of(row[0]);
        std::from_chars(text.data(), text.data() + text.size(), id);
        rows.emplace_back(text_of(row[2]), id, text_of(row[1]));
    }
    std::sort(rows.begin(), rows.end());
    std::vector<std::string> ran;
    for (const auto& [run_on, id, name] : rows) ran.push_back(name);
    Decision decision = pending_unless_in({ran.begin(), ran.end()});
    if (!is_told("no-check-order")) judge_order(decision, std::move(ran));
    return completed(std::move(decision));
}

Decision NodePgMigrateSource::decide_without_rows(std::size_t from) const {
    return completed(pending_from(from));
}

// checkOrder: the files that have run are the first ones, in the order in which they ran.
void NodePgMigrateSource::judge_order(Decision& decision, std::vector<std::string> ran) const {
    for (std::size_t i = 0; i < std::min(ran.size(), units_.size()); ++i) {
        const std::string& name = units_[i].key;
        if (ran[i] == name) continue;
        decision.findings.push_back(
            refusal("Not run migration " + name + " is preceding already run migration " + ran[i],
                    unit_with_key(ran[i])
                        ? "Give it a number above those that have run, or rehearse with --set "
                          "node-pg-migrate.no-check-order=true what --no-check-order would run."
                        : "The snapshot has run " + ran[i] + ", which " + folder().string() +
                              " does not have: bring the branch up to date.",
                    units_[i].migration.version));
        return;
    }
}

Decision NodePgMigrateSource::completed(Decision decision) const {
    decision.before_first = {R"(SET search_path TO "public")"};
    for (const std::size_t index : decision.pending) {
        const Migration& migration = units_[index].migration;
        if (!runs_both_ways_.contains(units_[index].key)) continue;
        decision.findings.push_back(warning(
            migration.path.filename().string() +
                " has a way down and no \"-- Up Migration\": node-pg-migrate runs all of it",
            "Put a line \"-- Up Migration\" before the way up.", migration.version));
    }
    return decision;
}

void NodePgMigrateSource::record(Migration& migration, const Unit& unit,
                                 const History& history) const {
    migration.record_within = {
        history.insert({{"name", quoted_literal(unit.key)}, {"run_on", "now()"}})};
}

}  // namespace

constinit const Adapter kNodePgMigrate{
    kTool,
    [](const Folder& folder, const SourceOptions& options) -> std::unique_ptr<MigrationSource> {
        return std::make_unique<NodePgMigrateSource>(folder, options);
    }};

}  // namespace rehearse::migrations
