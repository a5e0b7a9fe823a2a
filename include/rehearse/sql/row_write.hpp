#pragma once

#include "rehearse/pg/types.hpp"

#include <map>
#include <optional>
#include <string>
#include <string_view>

namespace rehearse::sql {

// One value that an INSERT or UPDATE writes, as far as its text alone tells.
struct WrittenValue {
    std::string text;   // of a literal or number, unquoted; else the expression's own text
    int parameter = 0;  // of $1 alone: 1; else 0
    bool is_literal = false;
};

// What an INSERT ... VALUES or an UPDATE ... SET of single columns writes.
struct RowWrite {
    enum class Kind { insert, update, delete_rows };
    Kind kind{};
    pg::RelationName relation;
    // By column, as the catalog has its name; of several rows, the last. An INSERT that names no
    // columns has "1", "2" ... for their places. Empty for DELETE, and where a query or DEFAULT
    // VALUES gives the row.
    std::map<std::string, WrittenValue> values;
};

// nullopt for everything that is not such a statement; WITH before it, too.
std::optional<RowWrite> row_write_in(std::string_view text);

}  // namespace rehearse::sql
