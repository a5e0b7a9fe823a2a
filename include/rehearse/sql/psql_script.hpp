#pragma once

#include "rehearse/sql/script.hpp"

#include <cstddef>
#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace rehearse::sql {

// Name -> value, without the colon.
using PsqlVariables = std::map<std::string, std::string>;

// A script as `psql -X -v ON_ERROR_STOP=1 -f` reads it: \i and \ir, \set and \unset, variables,
// \if, \copy, \g and \q are followed, and what only prints is passed over. Whatever else would
// change what the server gets, and cannot be known without it, is an Error(migrations) that names
// file, line and column: \gexec, \gset, \!, backquotes, \connect, ...
//
// It reads as it goes: memory follows the longest statement, not the files.
class PsqlScript {
  public:
    // Opens a file of the script to be read from its beginning; called again for each time that it
    // is included. Throws Error(migrations) when it cannot be read.
    using Open = std::function<ScriptReader::Source(const std::filesystem::path&)>;

    // `variables` are those of the command line (psql's -v).
    explicit PsqlScript(std::filesystem::path file, PsqlVariables variables = {},
                        Open open = ScriptReader::source_of);
    PsqlScript(PsqlScript&&) noexcept;
    ~PsqlScript();

    // The next statement that psql sends, its variables replaced, or (with an empty text) what is
    // left at a file's end; nullopt after that. Never a meta-command. leading and trailing have the
    // comments as they stand in the file, and a line feed for each line of what psql passes over,
    // so that lines can be counted in them; the pieces do not join to the file.
    std::optional<Statement> next();
    // The file in which it stands, and which its position is of; as \i or \ir names it.
    const std::filesystem::path& path() const;

    // After a statement with has_copy_data, as of ScriptReader; those of \copy are the file's that
    // it names.
    std::size_t read_copy_data(std::span<char> buffer);

  private:
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

// Why a variable cannot have this value (nullopt: after \unset) in a rehearsal: psql would then
// send other things than are written there, or go on behind an error. "it would ..." Nullopt: it
// can.
std::optional<std::string> what_psql_would_do_with(std::string_view variable,
                                                   const std::optional<std::string>& value);

// psql takes letters of any script, digits and underscores.
bool is_psql_variable_name(std::string_view name);

// "\include" of "\include other.sql".
std::string_view psql_command_name(std::string_view line);
// What to write instead of this psql command where it cannot be followed. A full sentence.
std::string instead_of_psql_command(std::string_view name);

}  // namespace rehearse::sql
