#include "rehearse/base/error.hpp"
#include "rehearse/base/text.hpp"

#include "adapter.hpp"
#include "numbering.hpp"
#include "psql_variables.hpp"

#include <algorithm>
#include <set>

namespace rehearse::migrations {

namespace {

using Severity = SourceFinding::Severity;

constexpr std::string_view kTool = "plain";

struct NumberedFile {
    std::string file;
    std::string version;  // "0042", "2026-11-15"
    std::string name;     // "add_column", without the direction
    Numbering numbering{""};
    bool is_down = false;
};

bool is_digit(char c) {
    return c >= '0' && c <= '9';
}

// "2026-11-15_x" and "1.2_x" are numbered in parts: a part follows a dot or a dash and is followed
// by a separator.
std::size_t version_length(std::string_view stem) {
    std::size_t end = 0;
    while (end < stem.size() && is_digit(stem[end])) ++end;
    std::size_t length = end;
    while (length > 0 && end < stem.size() && (stem[end] == '.' || stem[end] == '-')) {
        std::size_t next = end + 1;
        while (next < stem.size() && is_digit(stem[next])) ++next;
        const bool is_part =
            next > end + 1 &&
            (next == stem.size() || std::string_view("-_. ").find(stem[next]) != std::string::npos);
        if (!is_part) break;
        length = end = next;
    }
    return length;
}

// ^\d+[-_. ].*\.sql$
std::optional<NumberedFile> parse_file_name(const std::string& file) {
    constexpr std::string_view kSuffix = ".sql";
    if (!file.ends_with(kSuffix)) return std::nullopt;
    std::string_view stem = file;
    stem.remove_suffix(kSuffix.size());
    const std::size_t length = version_length(stem);
    if (length == 0) return std::nullopt;
    // "42.sql" has its separator in the suffix.
    if (length < stem.size() && std::string_view("-_. ").find(stem[length]) == std::string::npos)
        return std::nullopt;
    NumberedFile parsed;
    parsed.file = file;
    parsed.version = stem.substr(0, length);
    parsed.numbering = Numbering(parsed.version);
    stem.remove_prefix(std::min(stem.size(), length + 1));
    for (const std::string_view ending : {".up", ".down"}) {
        if (!stem.ends_with(ending) && stem != ending.substr(1)) continue;
        parsed.is_down = ending == ".down";
        stem.remove_suffix(std::min(stem.size(), ending.size()));
        break;
    }
    parsed.name = stem;
    return parsed;
}

// 0007_users_down.sql is the way back of another 0007; alone, "0007_scale_down.sql" is a migration.
void mark_down_files_by_name(std::vector<NumberedFile>& files) {
    for (NumberedFile& file : files) {
        if (!file.name.ends_with("_down")) continue;
        file.is_down = std::any_of(files.begin(), files.end(), [&](const NumberedFile& other) {
            return &other != &file && !other.is_down && other.numbering == file.numbering;
        });
    }
}

std::vector<std::string> applied_by_query(HistoryReader& snapshot, const std::string& query) {
    try {
        return snapshot.read_column(query);
    } catch (Error& error) {
        error.with_hint("--history-query must be a SELECT that works in the snapshot's database.");
        throw;
    }
}

class PlainSource final : public MigrationSource {
  public:
    PlainSource(const Folder& folder, const SourceOptions& options);

    std::string tool() const override { return std::string(kTool); }
    std::vector<Migration> all() const override { return migrations_; }
    Pending pending(HistoryReader& snapshot) const override;
    using MigrationSource::pending;

  private:
    void add(const Folder& folder, const NumberedFile& file);
    void check_options() const;
    Pending pending_by_query(HistoryReader& snapshot) const;
    Pending pending_without_history(HistoryReader& snapshot) const;

    SourceOptions options_;
    std::vector<Migration> migrations_;
    std::vector<SourceFinding> notes_;
};

PlainSource::PlainSource(const Folder& folder, const SourceOptions& options) : options_(options) {
    std::vector<NumberedFile> files;
    std::vector<std::string> ignored;
    for (const std::string& file : folder.files()) {
        if (const auto parsed = parse_file_name(file)) {
            files.push_back(*parsed);
        } else if (lower_cased(file).ends_with(".sql")) {
            ignored.push_back(file);
        }
    }
    mark_down_files_by_name(files);
    std::stable_sort(files.begin(), files.end(), [](const auto& a, const auto& b) {
        return a.numbering < b.numbering || (a.numbering == b.numbering && a.is_down < b.is_down);
    });
    for (const NumberedFile& file : files) add(folder, file);
    if (migrations_.empty()) {
        throw Error(ErrorKind::migrations,
                    "no numbered SQL files in " + folder.path().string() +
                        "; found there: " + folder.listing(),
                    {"Name them 0001_add_column.sql, 0002_fill_column.sql and so on, or give "
                     "another folder with --migrations."});
    }
    if (const auto finding = finding_about_ignored(ignored, "NUMBER_name.sql"))
        notes_.push_back(*finding);
    if (const auto* print = recognised(folder);
        print != nullptr && print->as_plain == AsPlain::runs_both_ways) {
        notes_.push_back({Severity::warning, "",
                          "the files look like " + std::string(print->tool) +
                              "'s: psql runs their way up and their way down",
                          "Copy the up parts into files of their own."});
    }
    check_options();
}

void PlainSource::add(const Folder& folder, const NumberedFile& file) {
    const fs::path path = folder.readable(file.file);
    if (file.is_down) {
        if (!migrations_.empty() && Numbering(migrations_.back().version) == file.numbering &&
            !migrations_.back().down_path) {
            migrations_.back().down_path = path;
        } else {
            notes_.push_back({Severity::note, file.version,
                              file.file + " is a way back with nothing to take back: not run", ""});
        }
        return;
    }
    if (!migrations_.empty() && Numbering(migrations_.back().version) == file.numbering) {
        throw Error(ErrorKind::migrations,
                    "two files with version " + file.version + " in " + folder.path().string() +
                        ": " + migrations_.back().path.filename().string() + " and " + file.file,
                    {"Give one of them another number, so that their order is known."});
    }
    Migration migration;
    migration.version = file.version;
    migration.name = file.name;
    migration.path = path;
    migration.tool = kTool;
    migration.transaction_mode = TransactionMode::autocommit;
    migration.through_psql = true;
    migration.psql_variables = options_.variables;
    migrations_.push_back(std::move(migration));
}

void PlainSource::check_options() const {
    if (!options_.history_table.empty()) {
        throw Error(ErrorKind::usage, "--history-table is for a tool that keeps a history",
                    {"Numbered files keep none: give a SELECT of the applied versions with "
                     "--history-query."});
    }
    check_psql_variables(options_.variables);
    if (options_.pending_from.empty()) return;
    if (!options_.history_query.empty()) {
        throw Error(ErrorKind::usage, "--pending-from and --history-query exclude each other",
                    {"Leave one of them out."});
    }
    index_meant_by(migrations_, options_.pending_from, "--pending-from");
}

Pending PlainSource::pending(HistoryReader& snapshot) const {
    Pending pending;
    std::string why = "no history is kept";
    if (!options_.history_query.empty()) {
        pending = pending_by_query(snapshot);
        why = "not in --history-query";
    } else if (!options_.pending_from.empty()) {
        why = "from " + options_.pending_from + " on";
        pending.applied = index_meant_by(migrations_, options_.pending_from, "--pending-from");
        pending.migrations.assign(
            migrations_.begin() + static_cast<std::ptrdiff_t>(pending.applied), migrations_.end());
    } else {
        pending = pending_without_history(snapshot);
        if (options_.added) why = "new in this change";
    }
    pending.findings.insert(pending.findings.begin(), notes_.begin(), notes_.end());
    for (Migration& migration : pending.migrations) migration.pending_because = why;
    pending.seen = tool() + ": " + std::to_string(migrations_.size()) + " files NUMBER_name.sql";
    return pending;
}

Pending PlainSource::pending_by_query(HistoryReader& snapshot) const {
    Pending pending;
    pending.history = "--history-query";
    std::vector<std::string> unknown;
    std::set<std::size_t> applied;
    for (const std::string& text : applied_by_query(snapshot, options_.history_query)) {
        const auto found =
            std::find_if(migrations_.begin(), migrations_.end(),
                         [&](const Migration& one) { return is_meant_by(one, text); });
        if (found == migrations_.end()) {
            unknown.push_back(text);
        } else {
            applied.insert(static_cast<std::size_t>(found - migrations_.begin()));
        }
    }
    pending.applied = applied.size();
    for (std::size_t i = 0; i < migrations_.size(); ++i) {
        if (applied.contains(i)) continue;
        pending.migrations.push_back(migrations_[i]);
        if (!applied.empty() && i < *applied.rbegin()) {
            pending.findings.push_back(
                {Severity::warning, migrations_[i].version,
                 "not applied although " + migrations_[*applied.rbegin()].version + " is", ""});
        }
    }
    if (!unknown.empty()) {
        pending.findings.push_back({Severity::warning, "",
                                    "--history-query names versions that the folder does not "
                                    "have: " +
                                        one_line(join(unknown, ", "), 200),
                                    ""});
    }
    if (applied.empty() && !snapshot.user_tables().empty()) {
        pending.findings.push_back(
            {Severity::warning, "",
             "--history-query names no version of the folder: every file counts as pending",
             "It should return versions such as " + migrations_.front().version +
                 " or file names, one a row."});
    }
    return pending;
}

Pending PlainSource::pending_without_history(HistoryReader& snapshot) const {
    Pending pending;
    if (options_.added) {
        const std::set<fs::path> added(options_.added->begin(), options_.added->end());
        for (const Migration& migration : migrations_) {
            if (added.contains(fs::weakly_canonical(migration.path)))
                pending.migrations.push_back(migration);
        }
        pending.applied = migrations_.size() - pending.migrations.size();
        return pending;
    }
    pending.migrations = migrations_;
    if (!snapshot.user_tables().empty()) {
        pending.findings.push_back(
            {Severity::warning, "", "numbered files keep no history: every file counts as pending",
             "Say which are with --pending-from VERSION, --since REF or --history-query SQL."});
    }
    return pending;
}

}  // namespace

constinit const Adapter kPlain{
    kTool,
    [](const Folder& folder, const SourceOptions& options) -> std::unique_ptr<MigrationSource> {
        return std::make_unique<PlainSource>(folder, options);
    }};

}  // namespace rehearse::migrations
