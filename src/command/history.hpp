#pragma once

#include "rehearse/pg/types.hpp"
#include "rehearse/sql/statement.hpp"

#include "logged_statement.hpp"

#include <optional>
#include <string>

namespace rehearse::command {

// A tool said in its history table that a migration was done.
struct HistoryWrite {
    std::string tool;     // "rails", "django"; of a table that is named by hand: "command"
    std::string version;  // as the tool writes it
    std::string name;     // empty where the table has none
};

// The history tables of the tools that run migrations of code, and which statements are the tools'
// own. `table` is another one that the user names; empty: none.
class HistoryTables {
  public:
    explicit HistoryTables(const std::string& table = {});

    // nullopt for every other statement, and for what takes a migration back.
    std::optional<HistoryWrite> write_in(const std::string& text,
                                         const LoggedStatement& statement) const;
    // The tool's housekeeping: its tables and locks, questions to the catalog, what its driver
    // sets when it connects. No part of a migration.
    bool is_of_the_tool(const std::string& text, const sql::Classification& classification) const;
    // A history table, or another in which a tool keeps things for itself.
    bool is_tools_table(const pg::RelationName& relation) const;

  private:
    std::optional<pg::RelationName> own_;
};

}  // namespace rehearse::command
