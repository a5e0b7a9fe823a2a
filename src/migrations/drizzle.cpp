#include "rehearse/base/error.hpp"
#include "rehearse/base/text.hpp"

#include "adapter.hpp"
#include "checksum.hpp"
#include "drizzle_journal.hpp"
#include "texts.hpp"
#include "tool_source.hpp"

#include <algorithm>
#include <charconv>
#include <chrono>
#include <map>

namespace rehearse::migrations {

namespace {

constexpr std::string_view kTool = "drizzle";
constexpr std::string_view kBreakpoint = "--> statement-breakpoint";
constexpr std::string_view kScript = "migration.sql";

// The digits of "20240102030405", as drizzle 1.0 makes milliseconds of a folder's name.
std::int64_t milliseconds_of(std::string_view digits) {
    const auto part = [&](std::size_t at, std::size_t size) {
        int value = 0;
        if (at < digits.size()) {
            const std::string_view text = digits.substr(at, size);
            std::from_chars(text.data(), text.data() + text.size(), value);
        }
        return value;
    };
    using namespace std::chrono;
    const sys_days day{year{part(0, 4)} / month{static_cast<unsigned>(part(4, 2))} /
                       static_cast<int>(part(6, 2))};
    return milliseconds{day.time_since_epoch() + hours{part(8, 2)} + minutes{part(10, 2)} +
                        seconds{part(12, 2)}}
        .count();
}

std::int64_t number_of(const std::optional<std::string>& text) {
    std::int64_t number = 0;
    if (text) std::from_chars(text->data(), text->data() + text->size(), number);
    return number;
}

// Each chunk goes to the server in one simple Query.
std::vector<Text> chunks_of(const fs::path& path) {
    const std::string file = read_migration(path);
    const std::string_view text = file;
    std::vector<Text> chunks;
    sql::Position position;
    for (std::size_t begin = 0;;) {
        const std::size_t end = std::min(text.find(kBreakpoint, begin), text.size());
        chunks.push_back({std::string(text.substr(begin, end - begin)), position});
        if (end == text.size()) return chunks;
        const std::size_t next = end + kBreakpoint.size();
        const sql::Position moved = position_at(text.substr(begin, next - begin), next - begin);
        position.column = moved.line > 1 ? moved.column : position.column + moved.column - 1;
        position.line += moved.line - 1;
        position.offset = next;
        begin = next;
    }
}

// Drizzle, as its migrate() runs it: drizzle-kit migrate and applications alike. Until 0.45 a
// journal names the files; since 1.0 there is a folder for each migration (drizzle-orm,
// pg-core/dialect.ts and migrator.ts).
class DrizzleSource final : public ToolSource {
  public:
    DrizzleSource(const Folder& folder, const SourceOptions& options, bool has_journal);

  private:
    void list_journal(const Folder& folder);
    void list_folders(const Folder& folder);
    void add(const std::string& name, const fs::path& path, std::int64_t when);
    HistoryShape shape() const override;
    Decision decide(const History& history) const override;
    Decision decide_by_time(const History& history) const;
    Decision decide_by_name(const History& history) const;
    void record(Migration& migration, const Unit& unit, const History& history) const override;

    bool has_journal_;
    std::map<std::string, std::int64_t> when_;  // by key
};

DrizzleSource::DrizzleSource(const Folder& folder, const SourceOptions& options, bool has_journal)
    : ToolSource(kTool, has_journal ? "TAG.sql in meta/_journal.json" : "NUMBER_name/migration.sql",
                 folder, options),
      has_journal_(has_journal) {
    has_journal ? list_journal(folder) : list_folders(folder);
}

void DrizzleSource::list_journal(const Folder& folder) {
    const fs::path journal = folder.path() / "meta" / "_journal.json";
    for (const DrizzleEntry& entry : read_drizzle_journal(journal)) {
        const std::string file = entry.tag + ".sql";
        if (when_.contains(entry.tag)) {
            throw Error(ErrorKind::migrations, journal.string() + " names " + entry.tag + " twice",
                        {"Take one of the two out: drizzle runs the file for each."});
        }
        if (!folder.has_file(file)) {
            throw Error(
                ErrorKind::migrations,
                "no file " + file + " in " + folder.path().string() + ", but the journal names it",
                {"Put the file back or take it out of " + journal.string() +
                 "; drizzle stops there before it runs anything."});
        }
        add(entry.tag, folder.path() / file, entry.when);
    }
    std::vector<std::string> ignored;
    for (const std::string& file : folder.files()) {
        if (file.ends_with(".sql") && !when_.contains(file.substr(0, file.size() - 4)))
            ignored.push_back(file);
    }
    tell_versions_apart(units_);
    finish_listing(folder, ignored);
}

void DrizzleSource::list_folders(const Folder& folder) {
    for (const std::string& name : folder.subfolders()) {
        std::error_code ignored;
        if (fs::exists(fs::symlink_status(folder.path() / name / kScript, ignored)))
            add(name, folder.path() / name / kScript, milliseconds_of(name));
    }
    std::vector<std::string> ignored;
    for (const std::string& file : folder.files()) {
        if (file.ends_with(".sql")) ignored.push_back(file);
    }
    tell_versions_apart(units_);
    finish_listing(folder, ignored);
}

void DrizzleSource::add(const std::string& name, const fs::path& path, std::int64_t when) {
    Unit unit;
    unit.key = name;
    const std::size_t digits = std::min(name.find_first_not_of("0123456789"), name.size());
    const bool is_numbered = digits > 0 && digits < name.size() && name[digits] == '_';
    unit.migration.version = is_numbered ? name.substr(0, digits) : name;
    if (is_numbered) unit.migration.name = name.substr(digits + 1);
    unit.migration.path = path;
    unit.migration.transaction_mode = TransactionMode::one_transaction_for_all;
    unit.migration.sends = Sends::texts;
    unit.migration.texts = [path] { return chunks_of(path); };
    when_[name] = when;
    units_.push_back(std::move(unit));
}

HistoryShape DrizzleSource::shape() const {
    HistoryShape shape = ToolSource::shape();
    if (!has_journal_) {
        shape.make.emplace_back(
            "ALTER TABLE {table} ADD COLUMN name text, ADD COLUMN applied_at timestamptz DEFAULT "
            "now()");
    }
    return shape;
}

Decision DrizzleSource::decide(const History& history) const {
    return has_journal_ ? decide_by_time(history) : decide_by_name(history);
}

// Only the row with the newest created_at is asked; NULL is the newest for the server and 0 for
// drizzle.
Decision DrizzleSource::decide_by_time(const History& history) const {
    std::set<std::int64_t> times;
    std::set<std::string> hashes;
    bool has_null = false;
    for (const auto& row : history.rows) {
        hashes.insert(text_of(row[1]));
        times.insert(number_of(row[2]));
        has_null |= !row[2];
    }
    const std::int64_t newest = has_null ? 0 : *times.rbegin();
    Decision decision;
    for (std::size_t i = 0; i < units_.size(); ++i) {
        const std::int64_t when = when_.at(units_[i].key);
        const Migration& migration = units_[i].migration;
        if (when > newest) {
            decision.pending.push_back(i);
            decision.because[i] = "newer than what was applied last";
        } else if (times.contains(when) ||
                   hashes.contains(digest_of(read_migration(migration.path), Digest::sha256))) {
            ++decision.applied;
        } else {
            decision.findings.push_back(warning(
                units_[i].key + " has never run and drizzle skips it without a word: its time in " +
                    "the journal is older than that of the newest migration that has run",
                "Make it anew with drizzle-kit generate, or give it a \"when\" above " +
                    std::to_string(newest) + " in meta/_journal.json.",
                migration.version));
        }
    }
    return decision;
}

// A table from before 1.0 has no names: drizzle finds them by the second, and by the hash where
// folders share it. What it wrote itself is found so, too.
Decision DrizzleSource::decide_by_name(const History& history) const {
    std::map<std::int64_t, std::set<std::string>> hashes;  // by second
    for (const auto& row : history.rows) hashes[number_of(row[2]) / 1000].insert(text_of(row[1]));
    std::map<std::int64_t, std::size_t> counts;
    for (const auto& [name, when] : when_) ++counts[when / 1000];
    std::set<std::string> applied;
    for (const Unit& unit : units_) {
        const std::int64_t second = when_.at(unit.key) / 1000;
        const auto found = hashes.find(second);
        if (found == hashes.end()) continue;
        if (counts[second] == 1 ||
            found->second.contains(digest_of(read_migration(unit.migration.path), Digest::sha256)))
            applied.insert(unit.key);
    }
    Decision decision = pending_unless_in(applied);
    decision.before_first = {
        "ALTER TABLE " + history.quoted() + " ADD COLUMN IF NOT EXISTS name text",
        "ALTER TABLE " + history.quoted() +
            " ADD COLUMN IF NOT EXISTS applied_at timestamptz DEFAULT now()"};
    return decision;
}

void DrizzleSource::record(Migration& migration, const Unit& unit, const History& history) const {
    const std::string hash = digest_of(read_migration(migration.path), Digest::sha256);
    std::vector<std::pair<std::string, std::string>> values{
        {"hash", quoted_literal(hash)}, {"created_at", std::to_string(when_.at(unit.key))}};
    if (!has_journal_) values.emplace_back("name", quoted_literal(unit.key));
    migration.record_within = {history.insert(values)};
}

}  // namespace

constinit const Adapter kDrizzle{
    kTool,
    [](const Folder& folder, const SourceOptions& options) -> std::unique_ptr<MigrationSource> {
        std::error_code ignored;
        const bool has_journal = fs::exists(folder.path() / "meta" / "_journal.json", ignored);
        return std::make_unique<DrizzleSource>(folder, options, has_journal);
    }};

}  // namespace rehearse::migrations
