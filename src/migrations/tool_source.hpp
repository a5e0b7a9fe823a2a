#pragma once

#include "rehearse/migrations/migration.hpp"

#include "folder.hpp"
#include "history.hpp"

#include <cstddef>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace rehearse::migrations {

// One migration of a folder, and what its tool's history has to say of it.
struct Unit {
    Migration migration;
    std::string key;   // as the history spells it
    bool runs = true;  // false: counts as a version and has nothing to run
    // In another language than SQL: only the tool itself can run it. Then `runs` is false, too.
    bool is_code = false;
};

// What a tool makes of its folder and its history.
struct Decision {
    std::vector<std::size_t> pending;                 // of the units, in the tool's order
    std::map<std::size_t, std::string> because = {};  // why one is, where the usual does not say it
    std::size_t applied = 0;
    std::vector<SourceFinding> findings;  // a refusal among them: nothing is pending
    // What the tool sends of its own before the first pending one, behind its history's CREATE.
    std::vector<std::string> before_first = {};
};

// A tool whose folder is a list of migrations and whose history is one table. The tools differ in
// how they list, decide and record; all that they share is here. A subclass fills `units_`, in the
// tool's order, and `notes_` when it is made.
class ToolSource : public MigrationSource {
  public:
    std::string tool() const override { return std::string(tool_); }
    std::vector<Migration> all() const override;
    Pending pending(HistoryReader& snapshot) const override;
    using MigrationSource::pending;

  protected:
    // `file_names` says how the files are named: "NUMBER_name.up.sql".
    ToolSource(std::string_view tool, std::string_view file_names, const Folder& folder,
               const SourceOptions& options);

    // Throws where a version stands twice, where there is no migration at all, where
    // --pending-from means none. `ignored`: SQL files that the tool passes over.
    void finish_listing(const Folder& folder, const std::vector<std::string>& ignored);

    virtual HistoryShape shape() const;
    // Not asked where the history has no row.
    virtual Decision decide(const History& history) const = 0;
    // What else in the snapshot would stop the tool.
    virtual std::vector<SourceFinding> judge_more(HistoryReader& snapshot,
                                                  const History& history) const;
    // Of a history without rows, in an empty database or with --pending-from; `from` is the first
    // unit that is pending.
    virtual Decision decide_without_rows(std::size_t from) const;
    // The tool's own writes for one of the pending ones. They are asked for in their order.
    virtual void record(Migration& migration, const Unit& unit, const History& history) const = 0;
    // "schema_migrations.version = 398"
    virtual std::string state_of(const History& history) const;

    // Pending rules that several tools share.
    Decision pending_unless_in(const std::set<std::string>& keys) const;
    Decision pending_from(std::size_t first) const;
    std::optional<std::size_t> unit_with_key(std::string_view key) const;

    // What the tool does without a word and the reader should know: pending ones that are older
    // than an applied one; applied ones (by their keys) that the folder does not have.
    void note_older(Decision& decision) const;
    void note_without_file(Decision& decision, const std::set<std::string>& applied) const;

    // Writes in the transaction that the tool makes around the file, or behind it where it makes
    // none.
    static void record_with(Migration& migration, std::vector<std::string> writes);

    // The tool's usual table, or the one that this environment variable names.
    HistoryShape shape_named_by(const char* variable) const;
    // An option of the tool's command line that nothing in the folder tells:
    // --set TOOL.OPTION=true.
    bool is_told(std::string_view option) const;

    const SourceOptions& options() const { return options_; }
    const fs::path& folder() const { return folder_; }

    std::vector<Unit> units_;
    std::vector<SourceFinding> notes_;

  private:
    bool judge_missing(Pending& pending, const History& history, HistoryReader& snapshot) const;
    std::size_t first_asked_for() const;
    void add_pending(Pending& pending, const Decision& decision, const History& history) const;
    void refuse_code(Pending& pending, const Decision& decision) const;

    std::string_view tool_;
    std::string_view file_names_;
    fs::path folder_;
    SourceOptions options_;
};

// Where a tool lets several migrations have one number, their version is the whole key.
void tell_versions_apart(std::vector<Unit>& units);

// Throws Error(migrations) naming both where one of the units has the key of `second` already.
void refuse_second(const std::vector<Unit>& units, const Unit& second, const std::string& hint);

// Statements of a shape's `make` with the table's names put in.
std::vector<std::string> make_history(const HistoryShape& shape, const History& history);

}  // namespace rehearse::migrations
