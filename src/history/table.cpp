#include "history/table.hpp"

#include "rehearse/base/time.hpp"
#include "rehearse/report/layout.hpp"

#include <algorithm>

namespace rehearse::history {

namespace {

using report::cells_of;
using report::padded;
using report::padded_left;
using report::shortened_in_middle;

constexpr std::size_t kLabelCells = 7;
constexpr std::size_t kElapsedCells = 11;
constexpr std::size_t kNarrowest = 64;
constexpr std::size_t kShortestSnapshot = 12;

std::string inked_label(const std::string& label, const report::TerminalStyle& style) {
    const char* code = label == "ok"        ? "32"
                       : label == "noisy"   ? "33"
                       : label == "not_run" ? "2"
                                            : "1;31";
    return inked(padded(label_text(label), kLabelCells), code, style);
}

std::string elapsed_text(double ms, const std::string& label) {
    return padded_left(label == "not_run" ? "-" : format_duration(Millis{ms}), kElapsedCells);
}

}  // namespace

std::size_t width_of(const report::TerminalStyle& style) {
    return std::max<std::size_t>(kNarrowest, static_cast<std::size_t>(std::max(0, style.width)));
}

std::string inked(const std::string& text, const char* code, const report::TerminalStyle& style) {
    return style.colour ? std::string{"\033["} + code + "m" + text + "\033[0m" : text;
}

std::string label_text(const std::string& label) {
    return label == "not_run" ? "not run" : report::printable(label);
}

std::string label_and_time(const std::string& label, double ms,
                           const report::TerminalStyle& style) {
    return "  " + inked_label(label, style) + " " + elapsed_text(ms, label) + "  ";
}

std::string heading_of(const std::string& first_column) {
    return first_column + "  " + padded("label", kLabelCells) + " " +
           padded_left("elapsed", kElapsedCells) + "  ";
}

// The words keep their room where both are long.
void put_table(std::string& text, const Table& table, const report::TerminalStyle& style) {
    const auto start_cells = cells_of(table.start_heading);
    std::size_t snapshot_cells = cells_of("snapshot");
    std::size_t words_cells = cells_of(table.words_heading);
    for (const auto& row : table.rows) {
        snapshot_cells = std::max(snapshot_cells, cells_of(row.snapshot));
        words_cells = std::max(words_cells, cells_of(row.words));
    }
    const auto room = width_of(style) - start_cells - 2;
    words_cells = std::min(words_cells, room - kShortestSnapshot);
    snapshot_cells = std::min(snapshot_cells, room - words_cells);
    text +=
        inked(table.start_heading + padded("snapshot", snapshot_cells) + "  " + table.words_heading,
              "2", style) +
        "\n";
    for (const auto& row : table.rows) {
        std::string lead =
            row.start + padded(shortened_in_middle(row.snapshot, snapshot_cells), snapshot_cells);
        for (const auto& line : report::wrapped(row.words, words_cells)) {
            text += lead + "  " + shortened_in_middle(line, words_cells) + "\n";
            lead = std::string(start_cells + snapshot_cells, ' ');
        }
    }
}

}  // namespace rehearse::history
