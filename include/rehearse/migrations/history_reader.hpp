#pragma once

#include "rehearse/pg/admin_session.hpp"

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace rehearse::migrations {

// Rows as text; a NULL is nullopt.
using Rows = std::vector<std::vector<std::optional<std::string>>>;

// What an adapter asks of a snapshot to know what has been applied: of the scratch that it was
// restored into, or of the dump itself.
class HistoryReader {
  public:
    virtual ~HistoryReader() = default;
    // Tables of this name, the one that an unqualified name means first.
    virtual std::vector<pg::RelationName> tables_named(const std::string& name) = 0;
    // Column name -> type name as format_type() spells it; empty when the table is not there.
    virtual std::map<std::string, std::string> columns_of(const pg::RelationName& table) = 0;
    // nullopt when the table or a column is not there. The order is the table's own.
    virtual std::optional<Rows> rows_of(const pg::RelationName& table,
                                        const std::vector<std::string>& columns) = 0;
    // Tables that are neither the server's nor an extension's; of very many, some. Where there are
    // any, an empty history means that the snapshot left the history out.
    virtual std::vector<pg::RelationName> user_tables() = 0;
    // First column of a query that the user wrote, as text. Throws Error(usage) when it is refused.
    virtual std::vector<std::string> read_column(const std::string& query) = 0;
};

// Asks the scratch, which must outlive it.
std::unique_ptr<HistoryReader> history_in(pg::AdminSession& scratch);

}  // namespace rehearse::migrations
