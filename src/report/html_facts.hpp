#pragma once

#include "report/timeline.hpp"

#include <string>
#include <vector>

// What is exactly known of a bar. Plain text, not escaped.
namespace rehearse::report {

// "41.2 s (41204 ms)"; the bracket where it says more.
std::string exact_duration(double ms);
// "blocks reads and writes", "blocks writes", "blocks neither reads nor writes"
std::string keeps_out_phrase(KeepsOut keeps_out);

// "12.1 s"; of a lock that was polled "≥ 12.1 s", or "for a moment" where one poll saw it.
std::string held_number(double held_ms, bool is_exact);

// A line each.
std::vector<std::string> hold_facts(const Hold& hold);
std::vector<std::string> statement_facts(const TimedStatement& timed, bool mask_literals);

}  // namespace rehearse::report
