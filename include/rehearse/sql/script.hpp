#pragma once

#include "rehearse/sql/statement.hpp"

#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace rehearse::sql {

// Splits a script as psql's lexer does (src/fe_utils/psqlscan.l): quotes, E-strings, dollar quotes,
// nested comments, parentheses (CREATE RULE), BEGIN ATOMIC bodies, COPY data; CRLF and a BOM are
// accepted. It reads as it goes: memory follows the longest statement, not the file.
//
// psql's variables (:name) stay as they stand. Where psql, because it reads line by line, differs
// from the server's lexer (E'...' continued on the next line), this is with the server.
class ScriptReader {
  public:
    // Fills the buffer with the next bytes; 0 ends the script.
    using Source = std::function<std::size_t(std::span<char>)>;

    explicit ScriptReader(Source source);
    ScriptReader(ScriptReader&&) noexcept;
    ~ScriptReader();

    // These two throw Error(migrations) when it cannot be read.
    static Source source_of(const std::filesystem::path& path);
    static ScriptReader of_file(const std::filesystem::path& path);
    // `position`: of its first byte in the file that it is a part of.
    static ScriptReader of_text(std::string text, Position position = {});

    // The next statement, meta-command or (with an empty text) what is left at the end; nullopt
    // after that. White space and comments of more than 1 MiB come in pieces with an empty text.
    // Throws Error(migrations) where something other than a comment follows COPY ... FROM STDIN on
    // its line: psql would run that after the data.
    std::optional<Statement> next();

    // After a statement with has_copy_data: the data up to and without its "\." line, as they
    // stand in the file (CR LF stays). 0 at their end. next() skips what was not read.
    std::size_t read_copy_data(std::span<char> buffer);
    // The end marker with its line feed, once the data was read to its end: for joining the pieces
    // again. Empty where the file ends without one, which psql takes for the end of the data.
    const std::string& copy_terminator() const;

  private:
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

// Classifies one statement's text. Cheap for row statements (tokens only), a parse for the rest.
Classification classify(std::string_view text);

// Of a DO block's or a procedure's body: whether COMMIT, ROLLBACK or CALL is a word of it, or it
// has a DO of its own; not ON COMMIT of a temporary table. The server lets nothing commit that
// EXECUTE runs.
bool body_may_commit(std::string_view body);

// The text with comments and white-space runs taken out and literals left: for telling equal
// statements.
std::string normalized(std::string_view text);
// Literals and numbers become ?, and comments go; for public output. Of a dollar-quoted body in SQL
// or PL/pgSQL the code stays.
std::string with_masked_literals(std::string_view text);

// Names of the roles that a script written by pg_dump relies on (OWNER TO, GRANT, REVOKE, POLICY,
// FOR ROLE, SESSION AUTHORIZATION), PUBLIC and the CURRENT_... forms left out. For one statement.
std::vector<std::string> roles_named_in(std::string_view text);

}  // namespace rehearse::sql
