#pragma once

#include "support/run_rehearse.hpp"

#include <string>
#include <vector>

namespace rehearse::test {

// Everything that the sandbox's runs left where nothing may be left, one line each: entries of
// TMPDIR, HOME and the cache, processes that know the sandbox's TMPDIR, containers and volumes
// labelled with one of its runs, unfinished files and report folders in the state folder, and files
// or folders there that others may read. The kernel needs a moment to end what was killed with its
// parent: a process has `grace` for that.
std::vector<std::string> leftovers_of(const Sandbox& sandbox,
                                      Millis grace = std::chrono::seconds(10));

// Ids of the containers that carry the label of this run, running or not.
std::vector<std::string> containers_of_run(const std::string& run_id);

}  // namespace rehearse::test
