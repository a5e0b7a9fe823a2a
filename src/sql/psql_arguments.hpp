#pragma once

#include "psql_variables.hpp"

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace rehearse::sql {

// Something in a line that a rehearsal, or psql itself, cannot do.
struct PsqlFault {
    std::size_t offset = 0;  // bytes from the line's backslash
    std::string message;
    std::string hint;
};

// The rest of a line from a backslash on, taken apart as psql does (its manual page,
// "Meta-Commands"): arguments in quotes with C-like escapes, variables, a further backslash that
// ends the command. Throws PsqlFault.
class PsqlArguments {
  public:
    // Neither is copied. Without variables nothing is evaluated, as in a branch not taken.
    PsqlArguments(std::string_view line, const VariableTable* variables);

    const std::string& name() const { return name_; }  // without its backslash
    std::string_view line() const { return line_; }

    // Nullopt when there is none left.
    std::optional<std::string> next();
    // A file's name: semicolons at its end are not a part of it.
    std::optional<std::string> next_file();
    // All that is left, as it stands, without the white space before it.
    std::string_view rest();
    // What begins with "|" there reaches to the end of the line.
    void skip_file_or_pipe();
    // Takes what is left as something to be printed, for which psql also takes a quote that does
    // not end.
    void print();
    // Passes over what is left and "\\" behind it.
    void finish();

    // Bytes from the backslash, to where the command's arguments end.
    std::size_t taken() const { return at_; }

  private:
    struct Taken {
        std::string text;
        bool is_quoted = false;
        std::size_t unquoted = 0;  // characters at its end that no quotes enclose
    };

    std::optional<Taken> take();
    bool at_end() const { return at_ >= line_.size(); }
    void skip_space();
    void take_quoted(Taken& taken);
    void take_escape(Taken& taken);
    void take_verbatim(Taken& taken, char quote);
    void take_colon(Taken& taken);

    std::string_view line_;
    const VariableTable* variables_;
    std::string name_;
    std::size_t at_ = 1;
    bool must_close_ = true;
};

}  // namespace rehearse::sql
