#include "rehearse/base/size.hpp"
#include "rehearse/base/text.hpp"
#include "rehearse/history/render.hpp"
#include "rehearse/report/layout.hpp"

#include "history/table.hpp"
#include "history/trend_phrases.hpp"
#include "history/weeks.hpp"

#include <algorithm>
#include <span>

namespace rehearse::history {

namespace {

using report::cells_of;
using report::padded;
using report::printable;
using report::shortened_in_middle;
using report::wrapped;

constexpr std::size_t kDateCells = 16;
constexpr std::size_t kWeekCells = 8;

// In the order of their weight.
constexpr const char* kLabels[] = {"ok", "noisy", "rethink", "failed", "not_run"};

// "2026-11-22 19:44" of "2026-11-22T19:44:56Z".
std::string minute_of(const std::string& iso8601) {
    auto text = printable(iso8601.substr(0, kDateCells));
    std::replace(text.begin(), text.end(), 'T', ' ');
    return padded(text, kDateCells);
}

std::string heading_of_runs() {
    return heading_of(padded("started (UTC)", kDateCells));
}

std::string start_of_run(const RunFacts& run, const std::string& label, double ms,
                         const report::TerminalStyle& style) {
    return minute_of(run.started_at) + label_and_time(label, ms, style);
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

// "12", "12, 1 failed"
std::string runs_text(const Week& week) {
    constexpr std::size_t kMost = 14;
    auto text = std::to_string(week.runs);
    if (week.failed > 0) text += ", " + std::to_string(week.failed) + " failed";
    return shortened_in_middle(text, kMost);
}

Table by_week(const std::vector<Week>& weeks, const report::TerminalStyle& style) {
    std::size_t runs_cells = cells_of("runs");
    for (const auto& week : weeks) runs_cells = std::max(runs_cells, cells_of(runs_text(week)));
    Table table{
        heading_of(padded("week", kWeekCells)) + padded("runs", runs_cells) + "  ", "table", {}};
    for (const auto& week : weeks) {
        const auto& [run, migration] = *week.shown;
        table.rows.push_back({padded(week.name, kWeekCells) +
                                  label_and_time(migration.label, migration.elapsed_ms, style) +
                                  padded(runs_text(week), runs_cells) + "  ",
                              snapshot_text(run), table_text(migration)});
    }
    return table;
}

Table by_run(std::span<const Occurrence> occurrences, const report::TerminalStyle& style) {
    Table table{heading_of_runs(), "table", {}};
    for (const auto& [run, migration] : occurrences) {
        table.rows.push_back({start_of_run(run, migration.label, migration.elapsed_ms, style),
                              snapshot_text(run), table_text(migration)});
    }
    return table;
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
    Table table{heading_of_runs(), "migrations", {}};
    for (const auto& run : runs) {
        table.rows.push_back({start_of_run(run.facts, run.facts.label, elapsed_ms(run), style),
                              snapshot_text(run.facts), counts_text(run)});
    }
    std::string text;
    put_table(text, table, style);
    return text;
}

std::string render_migration(const std::vector<Occurrence>& occurrences, const Shown& shown,
                             WallClock::time_point now, const report::TerminalStyle& style) {
    const auto width = width_of(style);
    const auto& newest = occurrences.front();
    const auto& key = newest.migration.key;
    std::string text = inked(shortened_in_middle(printable(key.title()), width), "1", style) +
                       "\n" + shortened_in_middle(printable(key.path), width) + "\n\n";

    std::size_t older = 0;
    if (shown.every_run) {
        const auto count = std::min(shown.last, occurrences.size());
        older = occurrences.size() - count;
        put_table(text, by_run(std::span(occurrences).first(count), style), style);
    } else {
        auto weeks = weeks_of(occurrences);
        const auto count = std::min(shown.last, weeks.size());
        older = weeks.size() - count;
        weeks.resize(count);
        put_table(text, by_week(weeks, style), style);
    }
    if (older > 0) text += "and " + std::to_string(older) + " older\n";

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
