#include "rehearse/base/error.hpp"
#include "rehearse/base/text.hpp"

#include "adapter.hpp"
#include "settings_file.hpp"
#include "texts.hpp"
#include "tool_source.hpp"

#include <algorithm>
#include <cstdlib>

namespace rehearse::migrations {

namespace {

constexpr std::string_view kTool = "dbmate";

// What stands behind "-- migrate:up" or "-- migrate:down" in its line; nullopt for another line.
std::optional<std::string_view> options_behind(std::string_view line, std::string_view directive) {
    if (!line.starts_with("--")) return std::nullopt;
    line = trimmed(line.substr(2));
    if (!line.starts_with(directive)) return std::nullopt;
    line.remove_prefix(directive.size());
    if (!line.empty() && trimmed(line.substr(0, 1)) != "") return std::nullopt;
    return trimmed(line);
}

// The section that is the way up (pkg/dbmate/migration.go).
struct DbmateScript {
    Text up;
    bool in_transaction = true;
};

class Reader {
  public:
    explicit Reader(const fs::path& path) : path_(path) {}

    DbmateScript read(std::string_view text) {
        for (const Line& line : lines_of(text)) {
            if (const auto options = options_behind(line.text, "migrate:up")) {
                begin_up(line, *options);
            } else if (options_behind(line.text, "migrate:down")) {
                begin_down(line);
            } else {
                check_before_up(line);
            }
        }
        check_is_whole();
        DbmateScript script{stretch_of(text, up_begin_, up_end_), in_transaction_};
        return script;
    }

  private:
    void begin_up(const Line& line, std::string_view options) {
        if (up_line_ != 0) {
            throw error_at(path_, line.number, "a second '-- migrate:up'",
                           "dbmate runs each section and writes the version down twice, which its "
                           "table refuses: put it into a file of its own.");
        }
        up_line_ = line.number;
        up_begin_ = line.begin;
        for (const std::string& option : split_words(options)) {
            if (option.starts_with("transaction:")) in_transaction_ = option != "transaction:false";
        }
    }

    void begin_down(const Line& line) {
        // Before the way up it is a comment as any other.
        if (up_line_ == 0) return;
        if (has_down_) {
            throw error_at(path_, line.number, "a second '-- migrate:down'",
                           "Every way down has a way up before it; dbmate refuses the file.");
        }
        has_down_ = true;
        up_end_ = line.begin;
    }

    void check_before_up(const Line& line) const {
        const std::string_view content = trimmed(line.text);
        if (up_line_ != 0 || content.empty() || content.starts_with("--")) return;
        throw error_at(path_, line.number, "a statement before '-- migrate:up'",
                       "Put the directive above it; dbmate refuses the file.");
    }

    void check_is_whole() const {
        if (up_line_ == 0) {
            throw error_at(path_, 1, "no '-- migrate:up' in the file",
                           "Write it above the first statement; dbmate refuses the file.");
        }
        if (has_down_) return;
        throw error_at(path_, up_line_, "'-- migrate:up' without a '-- migrate:down'",
                       "dbmate wants both, also where there is no way back: add an empty "
                       "'-- migrate:down' at the end.");
    }

    static std::vector<std::string> split_words(std::string_view text) {
        std::string spaced(text);
        std::replace(spaced.begin(), spaced.end(), '\t', ' ');
        return split(spaced, ' ');
    }

    const fs::path& path_;
    int up_line_ = 0;
    std::size_t up_begin_ = 0;
    std::size_t up_end_ = 0;
    bool has_down_ = false;
    bool in_transaction_ = true;
};

class DbmateSource final : public ToolSource {
  public:
    DbmateSource(const Folder& folder, const SourceOptions& options);

  private:
    void add(const std::string& file, std::size_t digits);
    HistoryShape shape() const override { return shape_named_by("DBMATE_MIGRATIONS_TABLE"); }
    Decision decide(const History& history) const override;
    void judge_order(Decision& decision) const;
    void record(Migration& migration, const Unit& unit, const History& history) const override;
};

// Files come in the order of their names, which is dbmate's: "10_" stands before "9_".
DbmateSource::DbmateSource(const Folder& folder, const SourceOptions& options)
    : ToolSource(kTool, "NUMBER_name.sql", folder, options) {
    std::vector<std::string> ignored;
    for (const std::string& file : folder.files()) {
        if (!file.ends_with(".sql")) continue;
        const std::size_t digits = file.find_first_not_of("0123456789");
        digits == 0 ? ignored.push_back(file) : add(file, digits);
    }
    finish_listing(folder, ignored);
}

void DbmateSource::add(const std::string& file, std::size_t digits) {
    Unit unit;
    unit.key = file.substr(0, digits);
    if (const auto other = unit_with_key(unit.key)) {
        throw Error(ErrorKind::migrations,
                    "two migrations with version " + unit.key + " in " + folder().string() + ": " +
                        units_[*other].migration.path.filename().string() + " and " + file,
                    {"Give one of them another number: dbmate runs both and cannot write the "
                     "version down a second time."});
    }
    unit.migration.version = unit.key;
    const std::size_t name = file[digits] == '_' ? digits + 1 : digits;
    unit.migration.name = file.substr(name, file.size() - name - std::string_view(".sql").size());
    unit.migration.path = folder() / file;
    unit.migration.sends = Sends::texts;
    unit.migration.transaction_mode = TransactionMode::one_transaction;
    read_ahead(unit.migration, [](Migration& migration) {
        const auto script = Reader(migration.path).read(read_migration(migration.path));
        if (!script.in_transaction) migration.transaction_mode = TransactionMode::whole_file_query;
        migration.down_path = migration.path;
    });
    unit.migration.texts = [path = unit.migration.path] {
        return std::vector{Reader(path).read(read_migration(path)).up};
    };
    units_.push_back(std::move(unit));
}

Decision DbmateSource::decide(const History& history) const {
    std::set<std::string> applied;
    for (const auto& row : history.rows) applied.insert(text_of(row[0]));
    Decision decision = pending_unless_in(applied);
    const char* strict = std::getenv("DBMATE_STRICT");
    if (is_told("strict") || (strict != nullptr && is_true(strict))) {
        judge_order(decision);
    } else {
        note_older(decision);
    }
    note_without_file(decision, applied);
    return decision;
}

void DbmateSource::judge_order(Decision& decision) const {
    const std::set<std::size_t> pending(decision.pending.begin(), decision.pending.end());
    std::string highest;
    for (std::size_t i = 0; i < units_.size(); ++i) {
        if (!pending.contains(i)) highest = std::max(highest, units_[i].key);
    }
    if (pending.empty() || units_[*pending.begin()].key > highest) return;
    const std::string& first = units_[*pending.begin()].key;
    decision.findings.push_back(refusal(first + " is not above " + highest +
                                            ", which is applied: dbmate --strict stops "
                                            "there",
                                        "Give it a version above " + highest + ".", first));
}

void DbmateSource::record(Migration& migration, const Unit& unit, const History& history) const {
    record_with(migration, {history.insert({{"version", quoted_literal(unit.key)}})});
}

}  // namespace

constinit const Adapter kDbmate{
    kTool,
    [](const Folder& folder, const SourceOptions& options) -> std::unique_ptr<MigrationSource> {
        return std::make_unique<DbmateSource>(folder, options);
    }};

}  // namespace rehearse::migrations
