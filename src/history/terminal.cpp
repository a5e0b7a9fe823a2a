#include "rehearse/base/size.hpp"
#include "rehearse/base/text.hpp"
#include "rehearse/history/render.hpp"
#include "rehearse/report/layout.hpp"

#include "history/trend_phrases.hpp"

#include <algorithm>

namespace rehearse::history {

namespace {

using report::cells_of;
using report::padded;
using report::padded_left;
using report::printable;
using report::shortened_in_middle;
using report::wrapped;

constexpr std::size_t kDateCells = 16;
constexpr std::size_t kLabelCells = 7;
constexpr std::size_t kElapsedCells = 11;
constexpr std::size_t kNarrowest = 64;
constexpr std::size_t kShortestSnapshot = 12;

// In the order of their weight.
constexpr const char* kLabels[] = {"ok", "noisy", "rethink", "failed", "not_run"};

std::size_t width_of(const report::TerminalStyle& style) {
    return std::max<std::size_t>(kNarrowest, static_cast<std::size_t>(std::max(0, style.width)));
}

std::string label_text(const std::string& label) {
    return label == "not_run" ? "not run" : printable(label);
}

std::string inked(const std::string& text, const char* code, const report::TerminalStyle& style) {
    return style.colour ? std::string{"\033["} + code + "m" + text + "\033[0m" : text;
}

std::string inked_label(const std::string& label, const report::TerminalStyle& style) {
    const char* code = label == "ok"        ? "32"
                       : label == "noisy"   ? "33"
                       : label == "not_run" ? "2"
                                            : "1;31";
    return inked(padded(label_text(label), kLabelCells), code, style);
}

// "2026-11-22 19:44" of "2026-11-22T19:44:56Z".
std::string minute_of(const std::string& iso8601) {
    auto text = printable(iso8601.substr(0, kDateCells));
    std::replace(text.begin(), text.end(), 'T', ' ');
    return padded(text, kDateCells);
}

std::string elapsed_text(double ms, const std::string& label) {
    return padded_left(label == "not_run" ? "-" : format_duration(Millis{ms}), kElapsedCells);
}

std::string start_of_line(const RunFacts& run, const std::string& label, double ms,
                          const report::TerminalStyle& style) {
    return minute_of(run.started_at) + "  " + inked_label(label, style) + " " +
           elapsed_text(ms, label) + "  ";
}
constexpr std::size_t kStartCells = kDateCells + 2 + kLabelCells + 1 + kElapsedCells + 2;

std::string start_of_heading() {
    return padded("started (UTC)", kDateCells) + "  " + padded("label", kLabelCells) + " " +
           padded_left("elapsed", kElapsedCells) + "  ";
}

// "2 ok, 1 noisy"
std::string counts_text(const Run& run) {
    const auto counts = count_by_label(run);
    std::vector<std::string> parts;
    for (const auto* label : kLabels) {
        const auto found = counts.find(label);
        if (found == counts.end()) continue;
        parts.push_back(std::to_string(found->second) + " " + label_text(label));
    }
    return parts.empty() ? "nothing pending" : join(parts, ", ");
}

std::string snapshot_text(const RunFacts& run) {
    return printable(run.snapshot_name);
}

std::string table_text(const MigrationFigures& migration) {
    if (migration.largest_table.empty()) return "-";
    return format_bytes(static_cast<std::uint64_t>(migration.largest_table_bytes)) + " " +
           printable(migration.largest_table);
}

// What stands behind the time, in two columns: the snapshot, and what each form is about.
struct Row {
    std::string start, snapshot, words;
};

// The words keep their room where both are long.
void put_rows(std::string& text, const std::string& heading, const std::vector<Row>& rows,
              const report::TerminalStyle& style) {
    std::size_t snapshot_cells = cells_of("snapshot");
    std::size_t words_cells = cells_of(heading);
    for (const auto& row : rows) {
        snapshot_cells = std::max(snapshot_cells, cells_of(row.snapshot));
        words_cells = std::max(words_cells, cells_of(row.words));
    }
    const auto room = width_of(style) - kStartCells - 2;
    words_cells = std::min(words_cells, room - kShortestSnapshot);
    snapshot_cells = std::min(snapshot_cells, room - words_cells);
    text += inked(start_of_heading() + padded("snapshot", snapshot_cells) + "  " + heading, "2",
                  style) +
            "\n";
    for (const auto& row : rows) {
        std::string lead =
            row.start + padded(shortened_in_middle(row.snapshot, snapshot_cells), snapshot_cells);
        for (const auto& line : wrapped(row.words, words_cells)) {
            text += lead + "  " + shortened_in_middle(line, words_cells) + "\n";
            lead = std::string(kStartCells + snapshot_cells, ' ');
        }
    }
}

void put_paragraph(std::string& text, const std::string& name, const std::string& words,
                   std::size_t width, const report::TerminalStyle& style) {
    constexpr std::size_t kIndent = 9;
    std::string lead = "  " + inked(padded(name, kIndent - 2), "2", style);
    for (const auto& line : wrapped(printable(words), width - kIndent)) {
        // A table's name may be longer than a line.
        text += lead + shortened_in_middle(line, width - kIndent) + "\n";
        lead = std::string(kIndent, ' ');
    }
}

}  // namespace

std::string render_runs(const std::vector<Run>& runs, const report::TerminalStyle& style) {
    if (runs.empty()) return {};
    std::vector<Row> rows;
    for (const auto& run : runs) {
        rows.push_back({start_of_line(run.facts, run.facts.label, elapsed_ms(run), style),
                        snapshot_text(run.facts), counts_text(run)});
    }
    std::string text;
    put_rows(text, "migrations", rows, style);
    return text;
}

std::string render_migration(const std::vector<Occurrence>& occurrences, std::size_t last,
                             WallClock::time_point now, const report::TerminalStyle& style) {
    const auto width = width_of(style);
    const auto& newest = occurrences.front();
    const auto& key = newest.migration.key;
    std::string text = inked(shortened_in_middle(printable(key.title()), width), "1", style) +
                       "\n" + shortened_in_middle(printable(key.path), width) + "\n\n";

    std::vector<Row> rows;
    for (std::size_t i = 0; i < std::min(last, occurrences.size()); ++i) {
        const auto& [run, migration] = occurrences[i];
        rows.push_back({start_of_line(run, migration.label, migration.elapsed_ms, style),
                        snapshot_text(run), table_text(migration)});
    }
    put_rows(text, "table", rows, style);
    if (rows.size() < occurrences.size()) {
        text += "and " + std::to_string(occurrences.size() - rows.size()) + " older\n";
    }

    text += "\n";
    for (const auto& [name, words] : trend_phrases(occurrences, now)) {
        put_paragraph(text, name, words, width, style);
    }
    // Whole, because it is there to be opened.
    text += "  " + inked("report", "2", style) + " " +
            printable((newest.run.folder / "report.json").string()) + "\n";
    return text;
}

}  // namespace rehearse::history
