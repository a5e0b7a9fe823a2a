#include "psql_commands.hpp"

#include "rehearse/base/text.hpp"
#include "rehearse/sql/psql_script.hpp"

#include <algorithm>
#include <initializer_list>
#include <map>

namespace rehearse::sql {

namespace {

bool is_any(std::string_view one, std::initializer_list<std::string_view> all) {
    return std::find(all.begin(), all.end(), one) != all.end();
}

// The manual page of psql, "Meta-Commands", up to version 18. \restrict stands in every plain
// pg_dump since August 2025.
const std::map<std::string_view, PsqlCommand>& commands() {
    using enum PsqlCommand;
    static const std::map<std::string_view, PsqlCommand> all = [] {
        std::map<std::string_view, PsqlCommand> made{{"i", include},
                                                     {"include", include},
                                                     {"ir", include_relative},
                                                     {"include_relative", include_relative},
                                                     {"set", set},
                                                     {"unset", unset},
                                                     {"if", begin_if},
                                                     {"elif", else_if},
                                                     {"else", otherwise},
                                                     {"endif", end_if},
                                                     {"copy", copy},
                                                     {"g", send},
                                                     {"gx", send},
                                                     {"q", quit},
                                                     {"quit", quit},
                                                     {"encoding", encoding}};
        for (const std::string_view name :
             {"?",     "a",        "C",          "conninfo", "copyright", "echo",  "errverbose",
              "f",     "h",        "H",          "help",     "html",      "l",     "l+",
              "list",  "list+",    "lo_list",    "lo_list+", "p",         "print", "pset",
              "qecho", "restrict", "sf",         "sf+",      "sv",        "sv+",   "t",
              "T",     "timing",   "unrestrict", "warn",     "x",         "z"})
            made.emplace(name, prints);
        for (const std::string_view name : {"!",
                                            "bind",
                                            "bind_named",
                                            "c",
                                            "cd",
                                            "close",
                                            "close_prepared",
                                            "connect",
                                            "crosstabview",
                                            "e",
                                            "edit",
                                            "ef",
                                            "endpipeline",
                                            "ev",
                                            "flush",
                                            "flushrequest",
                                            "gdesc",
                                            "getenv",
                                            "getresults",
                                            "gexec",
                                            "gset",
                                            "lo_export",
                                            "lo_import",
                                            "lo_unlink",
                                            "o",
                                            "out",
                                            "parse",
                                            "password",
                                            "prompt",
                                            "r",
                                            "reset",
                                            "s",
                                            "sendpipeline",
                                            "setenv",
                                            "startpipeline",
                                            "syncpipeline",
                                            "w",
                                            "watch",
                                            "write"})
            made.emplace(name, refused);
        return made;
    }();
    return all;
}

}  // namespace

PsqlCommand psql_command(std::string_view name) {
    const auto found = commands().find(name);
    if (found != commands().end()) return found->second;
    // \d, \dt, \dx+, ...
    return name.starts_with('d') ? PsqlCommand::prints : PsqlCommand::unknown;
}

PsqlArgumentStyle psql_argument_style(std::string_view name) {
    if (is_any(name, {"!", "copy", "ef", "ev", "h", "help", "sf", "sf+", "sv", "sv+"}))
        return PsqlArgumentStyle::whole_line;
    if (is_any(name, {"g", "gx", "o", "out", "w", "write"})) return PsqlArgumentStyle::file_or_pipe;
    return PsqlArgumentStyle::words;
}

std::string_view psql_command_name(std::string_view line) {
    line = trimmed(line);
    const std::size_t end = line.find_first_of(" \t\r\n\\'\"`", 1);
    return line.substr(0, end);
}

std::string instead_of_psql_command(std::string_view name) {
    if (is_any(name, {R"(\i)", R"(\ir)", R"(\include)", R"(\include_relative)"}))
        return "Put the text of the included file in its place.";
    if (is_any(name, {R"(\c)", R"(\connect)"}))
        return "A rehearsal has one database: take the line out, and keep files for other "
               "databases in a folder of their own.";
    if (is_any(name, {R"(\copy)"}))
        return R"(Write COPY ... FROM STDIN with the rows behind it, ended by a line "\.".)";
    if (is_any(name, {R"(\gset)", R"(\getenv)", R"(\prompt)"}))
        return "Write the variable's value where it is used, or give it with --set NAME=VALUE.";
    if (is_any(name, {R"(\set)", R"(\unset)"}))
        return "Write the variable's value where it is used.";
    if (is_any(name, {R"(\g)", R"(\gx)", R"(\gdesc)", R"(\crosstabview)", R"(\watch)"}))
        return "End the statement with a semicolon.";
    if (is_any(name, {R"(\gexec)"}))
        return "Run the statements it makes from a DO block with EXECUTE.";
    if (is_any(name, {R"(\if)", R"(\elif)", R"(\else)", R"(\endif)"}))
        return "Decide in a DO block, or take the condition out.";
    if (is_any(name, {R"(\encoding)"})) return "Save the file as UTF-8 and take the line out.";
    if (is_any(name, {R"(\.)"}))
        return R"(A line "\." ends the rows of COPY ... FROM STDIN, which must end its own line.)";
    return "Take the line out, or write it as SQL.";
}

}  // namespace rehearse::sql
