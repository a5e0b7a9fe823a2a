#include "rehearse/base/error.hpp"
#include "rehearse/base/text.hpp"

#include "adapter.hpp"
#include "checksum.hpp"
#include "texts.hpp"
#include "tool_source.hpp"

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <map>
#include <regex>

namespace rehearse::migrations {

namespace {

constexpr std::string_view kTool = "postgrator";

// With the line ends that its option `newline` may ask for.
bool has_checksum(const std::string& text, const std::string& md5) {
    static const std::regex line_end("\r\n|\r|\n");
    if (digest_of(text, Digest::md5) == md5) return true;
    const auto ends = {"\n", "\r", "\r\n"};
    return std::any_of(ends.begin(), ends.end(), [&](const char* end) {
        return digest_of(std::regex_replace(text, line_end, end), Digest::md5) == md5;
    });
}

std::int64_t number_of(std::string_view digits) {
    std::int64_t number = INT64_MAX;  // where it is larger than that
    std::from_chars(digits.data(), digits.data() + digits.size(), number);
    return number;
}

// postgrator, as its migrate() runs it (postgrator.js).
class PostgratorSource final : public ToolSource {
  public:
    PostgratorSource(const Folder& folder, const SourceOptions& options);

  private:
    struct File {
        std::string name;
        std::string version;
        std::string title;
        bool is_code = false;
    };
    void add(const File& file, const File* undo);
    Decision decide(const History& history) const override;
    void record(Migration& migration, const Unit& unit, const History& history) const override;
};

PostgratorSource::PostgratorSource(const Folder& folder, const SourceOptions& options)
    : ToolSource(kTool, "NUMBER.do.name.sql", folder, options) {
    static const std::regex pattern(
        R"(^([0-9]+)\.(do|undo)(?:\.([^.]*))?(?:\..*)?\.(sql|js|mjs|cjs)$)");
    std::map<std::int64_t, File> ways_up;
    std::map<std::int64_t, File> ways_down;
    std::vector<std::string> ignored;
    for (const std::string& file : folder.files()) {
        std::smatch match;
        if (!std::regex_match(file, match, pattern)) {
            if (file.ends_with(".sql")) ignored.push_back(file);
            continue;
        }
        auto& ways = match[2] == "do" ? ways_up : ways_down;
        const auto [place, is_new] = ways.try_emplace(
            number_of(match[1].str()), File{file, match[1], match[3], match[4] != "sql"});
        if (!is_new) {
            throw Error(ErrorKind::migrations,
                        "two migrations with version " + std::to_string(place->first) +
                            " and action " + match[2].str() + " in " + folder.path().string() +
                            ": " + place->second.name + " and " + file,
                        {"Give one of them another number; postgrator runs nothing before."});
        }
    }
    for (const auto& [number, file] : ways_up) {
        const auto undo = ways_down.find(number);
        add(file, undo == ways_down.end() ? nullptr : &undo->second);
    }
    finish_listing(folder, ignored);
}

void PostgratorSource::add(const File& file, const File* undo) {
    Unit unit;
    unit.key = std::to_string(number_of(file.version));
    unit.is_code = file.is_code;
    unit.runs = !file.is_code;
    unit.migration.version = file.version;
    unit.migration.name = file.title;
    unit.migration.path = folder() / file.name;
    if (undo != nullptr) unit.migration.down_path = folder() / undo->name;
    unit.migration.transaction_mode = TransactionMode::whole_file_query;
    unit.migration.sends = Sends::texts;
    units_.push_back(std::move(unit));
}

// The highest version of the table is where the database is at.
Decision PostgratorSource::decide(const History& history) const {
    std::map<std::int64_t, std::string> checksums;
    for (const auto& row : history.rows) checksums[number_of(text_of(row[0]))] = text_of(row[2]);
    const std::int64_t at = checksums.rbegin()->first;
    Decision decision;
    for (std::size_t i = 0; i < units_.size(); ++i) {
        const Unit& unit = units_[i];
        const std::int64_t number = number_of(unit.key);
        if (number > at) {
            decision.pending.push_back(i);
            decision.because[i] = "above version " + std::to_string(at);
            continue;
        }
        const auto applied = checksums.find(number);
        if (applied == checksums.end()) {
            decision.findings.push_back(
                warning(unit.migration.path.filename().string() +
                            " has never run, but the database is at version " + std::to_string(at) +
                            ": postgrator skips it without a word",
                        "Give it a number above " +
                            std::to_string(std::max(at, number_of(units_.back().key))) + ".",
                        unit.migration.version));
            continue;
        }
        ++decision.applied;
        if (number == 0 || unit.is_code || applied->second.empty() ||
            has_checksum(read_migration(unit.migration.path), applied->second))
            continue;
        decision.findings.push_back(refusal(
            "MD5 checksum failed for migration [" + unit.key +
                "]: " + unit.migration.path.filename().string() + " has changed since it ran",
            "Put the file back as it was and write a new migration; postgrator runs "
            "nothing before.",
            unit.migration.version));
    }
    return decision;
}

void PostgratorSource::record(Migration& migration, const Unit& unit,
                              const History& history) const {
    const std::string md5 = digest_of(read_migration(migration.path), Digest::md5);
    migration.record_after = {history.insert({{"version", unit.key},
                                              {"name", quoted_literal(migration.name)},
                                              {"md5", quoted_literal(md5)},
                                              {"run_at", "now()"}})};
}

}  // namespace

constinit const Adapter kPostgrator{
    kTool,
    [](const Folder& folder, const SourceOptions& options) -> std::unique_ptr<MigrationSource> {
        return std::make_unique<PostgratorSource>(folder, options);
    }};

}  // namespace rehearse::migrations
