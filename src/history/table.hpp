#pragma once

#include "rehearse/report/report.hpp"

#include <string>
#include <vector>

// What the forms of the history for the terminal have in common.
namespace rehearse::history {

// Of a line, in cells.
std::size_t width_of(const report::TerminalStyle& style);
std::string inked(const std::string& text, const char* code, const report::TerminalStyle& style);
std::string label_text(const std::string& label);

// The columns behind the first one: a label and a time.
std::string label_and_time(const std::string& label, double ms, const report::TerminalStyle& style);
std::string heading_of(const std::string& first_column);

// What stands behind these, in two columns: the snapshot, and what each form is about.
struct Row {
    std::string start, snapshot, words;
};

struct Table {
    std::string start_heading, words_heading;
    std::vector<Row> rows;  // their starts are as wide as its heading
};

void put_table(std::string& text, const Table& table, const report::TerminalStyle& style);

}  // namespace rehearse::history
