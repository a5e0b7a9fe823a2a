#pragma once

#include "rehearse/report/report.hpp"

#include "cli/commands.hpp"

#include <string>

namespace rehearse::cli {

// True when the stream is a terminal that can redraw a line (TERM is not dumb).
bool is_terminal(int fd);
// NO_COLOR (no-color.org) is honoured.
report::TerminalStyle style_of(int fd);
// Columns of the terminal, 80 where it does not tell.
int columns_of(int fd);

// stdout carries the report and nothing else. Throws Error(delivery) when it cannot be written.
void print_report(const report::Report& report, const Drawing& drawing,
                  const report::PreviousRuns& previous = {});
void print(const std::string& text);

}  // namespace rehearse::cli
