#include "rehearse/base/error.hpp"
#include "rehearse/base/text.hpp"

#include "adapter.hpp"
#include "checksum.hpp"
#include "files_below.hpp"
#include "texts.hpp"
#include "tool_source.hpp"

#include <algorithm>
#include <cctype>
#include <charconv>
#include <cstdint>
#include <map>
#include <optional>
#include <system_error>

namespace rehearse::migrations {

namespace {

constexpr std::string_view kTool = "refinery";
constexpr std::string_view kDigits = "0123456789";

struct FileName {
    bool may_come_late = false;  // U: may run although a higher version has
    std::string version;
    std::string name;
    bool is_code = false;
};

bool is_word(char c) {
    const auto byte = static_cast<unsigned char>(c);
    return std::isalnum(byte) != 0 || c == '_' || byte >= 0x80;
}

// U or V, digits, "__", a word; nullopt for what refinery passes over.
std::optional<FileName> parse_file_name(std::string_view file) {
    FileName parsed;
    parsed.is_code = file.ends_with(".rs");
    if (!parsed.is_code && !file.ends_with(".sql")) return std::nullopt;
    if (!file.starts_with('U') && !file.starts_with('V')) return std::nullopt;
    parsed.may_come_late = file.front() == 'U';
    file = file.substr(1, file.rfind('.') - 1);
    const std::size_t end = file.find("__");
    if (end == std::string_view::npos) return std::nullopt;
    parsed.version = file.substr(0, end);
    parsed.name = file.substr(end + 2);
    const std::size_t dot = std::min(parsed.version.find('.'), parsed.version.size());
    const auto is_number = [](std::string_view text) {
        return !text.empty() && text.find_first_not_of(kDigits) == std::string_view::npos;
    };
    const std::string_view version = parsed.version;
    if (!is_number(version.substr(0, dot)) ||
        (dot < version.size() && !is_number(version.substr(dot + 1))))
        return std::nullopt;
    if (parsed.name.empty() || !std::all_of(parsed.name.begin(), parsed.name.end(), is_word))
        return std::nullopt;
    return parsed;
}

std::int64_t number_of(std::string_view digits) {
    std::int64_t number = 0;
    std::from_chars(digits.data(), digits.data() + digits.size(), number);
    return number;
}

// As Rust hashes the three: a string ends with 0xff, a number is its 4 or 8 bytes, lowest first.
std::string checksum_of(const std::string& name, std::int64_t version, int size,
                        const std::string& sql) {
    std::string bytes = name + '\xff';
    for (int i = 0; i < size; ++i)
        bytes += static_cast<char>((static_cast<std::uint64_t>(version) >> (8 * i)) & 0xffU);
    bytes += sql + '\xff';
    return std::to_string(siphash_1_3(bytes));
}

// refinery, as a Runner with its defaults runs the folder (refinery_core, runner.rs and
// traits/mod.rs). Modules in Rust share the sequence.
class RefinerySource final : public ToolSource {
  public:
    RefinerySource(const Folder& folder, const SourceOptions& options);

  private:
    void add(const std::string& file, const FileName& parsed);
    int size_of_numbers() const;
    HistoryShape shape() const override;
    Decision decide(const History& history) const override;
    void judge_applied(Decision& decision, const History& history) const;
    void record(Migration& migration, const Unit& unit, const History& history) const override;

    std::set<std::string> may_come_late_;  // keys
};

RefinerySource::RefinerySource(const Folder& folder, const SourceOptions& options)
    : ToolSource(kTool, "V1__name.sql", folder, options) {
    std::vector<std::string> ignored;
    for (const std::string& file : files_below(folder.path())) {
        const auto parsed = parse_file_name(fs::path(file).filename().string());
        if (parsed) {
            add(file, *parsed);
        } else if (file.ends_with(".sql")) {
            ignored.push_back(file);
        }
    }
    std::sort(units_.begin(), units_.end(),
              [](const Unit& a, const Unit& b) { return number_of(a.key) < number_of(b.key); });
    finish_listing(folder, ignored);
}

void RefinerySource::add(const std::string& file, const FileName& parsed) {
    std::int64_t number = 0;
    const char* end = parsed.version.data() + parsed.version.size();
    const auto read = std::from_chars(parsed.version.data(), end, number);
    if (read.ec != std::errc{} || read.ptr != end) {
        throw Error(ErrorKind::migrations,
                    (folder() / file).string() + ": " + parsed.version +
                        " is not a whole number of 64 bits",
                    {"Give it one: refinery's versions have no parts, and it stops there."});
    }
    Unit unit;
    unit.key = std::to_string(number);
    unit.is_code = parsed.is_code;
    unit.runs = !parsed.is_code;
    unit.migration.version = parsed.version;
    unit.migration.name = parsed.name;
    unit.migration.path = folder() / file;
    unit.migration.transaction_mode = TransactionMode::one_transaction;
    unit.migration.sends = Sends::texts;
    refuse_second(units_, unit, "Give one of them another number, also where one is U and one V.");
    if (parsed.may_come_late) may_come_late_.insert(unit.key);
    units_.push_back(std::move(unit));
}

// In bytes. Numbers beyond 32 bits need refinery's feature int8-versions.
int RefinerySource::size_of_numbers() const {
    return number_of(units_.back().key) > INT32_MAX ? 8 : 4;
}

HistoryShape RefinerySource::shape() const {
    HistoryShape shape = ToolSource::shape();
    if (size_of_numbers() == 8)
        shape.make.emplace_back("ALTER TABLE {table} ALTER COLUMN version TYPE int8");
    return shape;
}

Decision RefinerySource::decide(const History& history) const {
    std::set<std::string> applied;
    std::int64_t current = -1;
    for (const auto& row : history.rows) {
        applied.insert(text_of(row[0]));
        current = std::max(current, number_of(text_of(row[0])));
    }
    Decision decision = pending_unless_in(applied);
    judge_applied(decision, history);
    for (const std::size_t index : decision.pending) {
        const Unit& unit = units_[index];
        if (number_of(unit.key) > current || may_come_late_.contains(unit.key)) continue;
        decision.findings.push_back(refusal(
            "migration " + unit.migration.path.filename().string() +
                " is missing from the history, which is at version " + std::to_string(current),
            "Give it a number above that, or begin its name with U, which may run late.",
            unit.migration.version));
    }
    return decision;
}

void RefinerySource::judge_applied(Decision& decision, const History& history) const {
    for (const auto& row : history.rows) {
        const std::string version = text_of(row[0]);
        const std::string name = text_of(row[1]);
        const auto index = unit_with_key(version);
        if (!index) {
            decision.findings.push_back(
                refusal("migration V" + version + "__" + name + " is missing from the filesystem",
                        "Bring the branch up to date, or check --migrations.", version));
            continue;
        }
        const Unit& unit = units_[*index];
        // The feature may be on where no number needs it.
        const auto has_checksum = [&](int size) {
            return text_of(row[2]) ==
                   checksum_of(name, number_of(version), size, read_migration(unit.migration.path));
        };
        if (name == unit.migration.name && (unit.is_code || has_checksum(4) || has_checksum(8)))
            continue;
        decision.findings.push_back(refusal(
            "applied migration V" + version + "__" + name + " is different than filesystem one " +
                unit.migration.path.filename().string(),
            "Put the file back as it was, its name too, and write a new migration.",
            unit.migration.version));
    }
}

// In a transaction of its own behind the file's.
void RefinerySource::record(Migration& migration, const Unit& unit, const History& history) const {
    const std::string checksum = checksum_of(migration.name, number_of(unit.key), size_of_numbers(),
                                             read_migration(migration.path));
    migration.record_after = {history.insert(
        {{"version", unit.key},
         {"name", quoted_literal(migration.name)},
         {"applied_on",
          R"(pg_catalog.to_char(now() AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'))"},
         {"checksum", quoted_literal(checksum)}})};
}

}  // namespace

constinit const Adapter kRefinery{
    kTool,
    [](const Folder& folder, const SourceOptions& options) -> std::unique_ptr<MigrationSource> {
        return std::make_unique<RefinerySource>(folder, options);
    }};

}  // namespace rehearse::migrations
