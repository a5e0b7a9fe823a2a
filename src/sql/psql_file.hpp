#pragma once

#include "rehearse/sql/psql_script.hpp"

#include "copy_data.hpp"
#include "input.hpp"
#include "lexer.hpp"
#include "psql_arguments.hpp"
#include "psql_commands.hpp"
#include "psql_variables.hpp"
#include "statement_state.hpp"

#include <filesystem>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace rehearse::sql {

// One file of a psql script, read as psql's main loop reads it.
class PsqlFile {
  public:
    // The variables are those of the whole script; they outlive this.
    PsqlFile(std::filesystem::path path, ScriptReader::Source source, VariableTable& variables);

    // What comes next: one of the three, or nothing at the file's end.
    struct Found {
        std::optional<Statement> statement;
        // \i, \ir: the file to be read now, before this one goes on.
        std::optional<std::filesystem::path> include;
        // \copy from a file: the statement's data.
        std::optional<std::filesystem::path> copy_file;
        bool copy_is_binary = false;
    };
    Found next();
    std::size_t read_copy_data(std::span<char> buffer) {
        return copy_data_.read(input_, position_, buffer);
    }

    const std::filesystem::path& path() const { return path_; }
    // Of the command that next() found last.
    const Position& command_position() const { return command_position_; }
    // "file:line:column".
    std::string place(const Position& position) const;

  private:
    enum class Branch { taken, not_yet, passed, else_taken, else_passed };
    // \if with what psql puts back when it leaves a branch that it did not take.
    struct Condition {
        Branch branch{};
        StatementState state;
        Position position;
    };
    // The bytes up to `end` come from this variable.
    struct Value {
        std::string name;
        std::size_t end = 0;
    };

    bool is_active() const;
    bool has_text() const { return text_end_ > 0; }
    void settle();
    Position position_here() const;

    Token token_here();
    void forget_ended_values();
    std::size_t limit() const;

    void begin_text();
    void append(std::string_view text, bool is_blank);
    void pass(const Token& token);
    void pass_over(std::string_view text);

    void colon();
    void expand(const VariableReference& reference);
    bool escaped_separator();
    std::string line_here();
    Found command();
    Found run(PsqlCommand command, PsqlArguments& arguments, std::string_view line);
    Found run_copy(PsqlArguments& arguments);
    void begin_rows();
    void run_set(PsqlArguments& arguments);
    void run_unset(PsqlArguments& arguments);
    void run_encoding(PsqlArguments& arguments);
    void run_condition(PsqlCommand command, PsqlArguments& arguments);
    bool is_true(PsqlArguments& arguments, const std::string& command);
    std::filesystem::path included(PsqlArguments& arguments, bool is_relative);
    void skip(const std::string& name, PsqlArguments& arguments);
    [[noreturn]] void fail(const Position& position, const std::string& message,
                           const std::string& hint) const;

    Statement finished(std::string_view end);
    Statement complete(std::string_view end);
    Statement last_piece(const Token& token);
    Statement leading_piece();

    std::filesystem::path path_;
    VariableTable& variables_;
    Input input_;
    Position position_;            // of the first byte at input_.begin() that is the file's
    std::size_t offset_ = 0;       // from input_.begin(): what was taken
    std::size_t value_bytes_ = 0;  // at input_.begin(), not the file's
    std::vector<Value> values_;    // the innermost last
    Position value_position_;      // of the reference that brought them
    CopyData copy_data_;

    // What is being read.
    std::string leading_;
    std::string text_;
    std::size_t text_end_ = 0;  // of its last token; 0: it has none
    Position text_position_;
    Position nested_position_;
    StatementState state_;
    bool has_parts_ = false;

    std::vector<Condition> conditions_;
    Position command_position_;
    bool has_begun_ = false;
    bool has_ended_ = false;
};

}  // namespace rehearse::sql
