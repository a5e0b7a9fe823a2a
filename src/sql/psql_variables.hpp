#pragma once

#include "rehearse/sql/psql_script.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace rehearse::sql {

// What psql's variables hold while a script runs.
class VariableTable {
  public:
    explicit VariableTable(PsqlVariables given);

    // Null when it is not set, or only psql knows what it holds.
    const std::string* find(std::string_view name) const;
    // Set by psql itself to what only a real session tells: ROW_COUNT, USER, ...
    bool is_unknown(std::string_view name) const;

    void set(const std::string& name, std::string value);
    void unset(const std::string& name);

  private:
    PsqlVariables values_;
};

// :name, :'name', :"name" or :{?name} at the beginning of a text.
struct VariableReference {
    enum class Form { plain, literal, identifier, is_set };
    Form form = Form::plain;
    std::string_view name;
    std::size_t length = 0;  // with its colon
};

// Nullopt where none stands there. `undecided`: more text behind `text` may change the answer.
std::optional<VariableReference> variable_reference(std::string_view text, bool& undecided);

// As PQescapeLiteral and PQescapeIdentifier write them.
std::string as_literal(std::string_view value);
std::string as_identifier(std::string_view value);

// true, false, yes, no, on, off, 1, 0 and their unambiguous beginnings, in any case.
std::optional<bool> psql_boolean(std::string_view text);

}  // namespace rehearse::sql
