#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace rehearse::sql {

// What a psql command means to the server's end of it.
enum class PsqlCommand : std::uint8_t {
    prints,  // changes nothing that a rehearsal measures
    include,
    include_relative,
    set,
    unset,
    begin_if,
    else_if,
    otherwise,
    end_if,
    copy,
    send,  // \g, \gx
    quit,
    encoding,
    refused,  // psql knows it, and a rehearsal cannot follow it
    unknown,
};

// `name` without its backslash.
PsqlCommand psql_command(std::string_view name);

// How psql takes a command's arguments where it does not run it.
enum class PsqlArgumentStyle : std::uint8_t { words, whole_line, file_or_pipe };
PsqlArgumentStyle psql_argument_style(std::string_view name);

}  // namespace rehearse::sql
