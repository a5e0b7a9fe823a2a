#pragma once

#include "rehearse/process/process.hpp"

#include <filesystem>
#include <string>
#include <vector>

namespace rehearse::app {

struct Check {
    std::string what;  // "docker", "PostgreSQL server", "git"
    bool found = false;
    bool needed = false;  // a rehearsal cannot run without it
    std::string detail;   // version and place, or what is missing
    std::string install;  // the command that installs it; empty when it is there
};

struct Diagnosis {
    std::vector<Check> checks;
    bool can_rehearse = false;  // at least one engine is usable
};

// Engines, server versions, client tools, room: what is there, what is missing, and the command
// that installs it.
Diagnosis look_around(process::ProcessRunner& runner);

}  // namespace rehearse::app
