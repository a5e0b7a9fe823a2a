#pragma once

#include <string>

namespace rehearse::command {

// The environment variable that every process of a command has.
inline constexpr const char* kMarkVariable = "REHEARSE_COMMAND_OF_RUN";

// Ends, by SIGKILL, every process whose environment carries this mark: what the command left in the
// background, also in a process group or session of its own. Returns how many there were. It looks
// again until none is left, because one that forks meanwhile would be missed. Never throws.
int end_stragglers(const std::string& run) noexcept;

}  // namespace rehearse::command
