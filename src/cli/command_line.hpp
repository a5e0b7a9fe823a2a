#pragma once

#include "cli/commands.hpp"

#include <string>
#include <vector>

namespace rehearse::cli {

// What the arguments ask for.
struct Invocation {
    // Runs the command and returns its exit code. Empty when there is nothing left to do but print
    // `text`.
    Command command;
    std::string text;  // --help, --version
};

// Reads the arguments (without the program's name) and rehearse.toml, found upward from the working
// folder; an option on the command line wins. Throws Error(usage) with the nearest known name for
// an unknown one.
Invocation read_command_line(const std::vector<std::string>& arguments);

}  // namespace rehearse::cli
