#include "rehearse/base/text.hpp"
#include "rehearse/report/layout.hpp"
#include "rehearse/report/report.hpp"

#include "report/html_assets.hpp"
#include "report/html_escape.hpp"
#include "report/html_migration.hpp"
#include "report/html_timeline.hpp"
#include "report/phrases.hpp"
#include "report/sums.hpp"

#include <algorithm>
#include <map>
#include <string>
#include <vector>

namespace rehearse::report {

namespace {

constexpr std::size_t kLongestTitle = 100;
constexpr std::size_t kLongestName = 63 * 2 + 1;  // schema.table
constexpr std::size_t kLongestVerdict = 300;
constexpr std::size_t kListedInCell = 2;
// A longer table hides its few interesting rows.
constexpr std::size_t kRowsWithoutFold = 12;
// More sections than this cost time that the reader of the first one would wait.
constexpr std::size_t kLaidOutAtOnce = 30;

// A migration and where on the page it is told.
struct Entry {
    const MigrationPart* migration = nullptr;
    std::string id;
};
using Entries = std::vector<Entry>;

bool is_folded(const MigrationPart& migration) {
    return is_calm(migration) || migration.label == "not_run";
}

std::string folded(const std::string& summary, const std::string& body) {
    return "<details class=\"fold\"><summary>" + element("h2", "", summary) + "</summary>\n" +
           body + "</details>\n";
}

std::string title_text(const MigrationPart& migration) {
    return html(shortened_in_middle(printable(title_of(migration)), kLongestTitle));
}

std::string name_code(const std::string& name) {
    return html_code(shortened_in_middle(printable(name), kLongestName));
}

std::string link_to(const Entry& entry) {
    return "<a href=\"#" + entry.id + "\">" + title_text(*entry.migration) + "</a>";
}

// The script sorts by `value`, the reader of a small screen is told the column's name. A table that
// is laid out as blocks there is none to a screen reader without the roles.
std::string cell(const std::string& column, double value, const std::string& inner) {
    return "<td role=\"cell\" data-column=\"" + column + "\" data-value=\"" +
           std::to_string(value) + "\">" + inner + "</td>";
}

std::string how_long(const BlockingPart& blocking) {
    const bool is_bound =
        blocking.evidence != to_string(observe::Evidence::exact) && blocking.held_ms > 0;
    return (is_bound ? "at least " : "") + held_phrase(blocking);
}

std::string blocked_cell(const MigrationPart& migration) {
    const auto groups = blocked_together(migration);
    std::string lines;
    for (std::size_t i = 0; i < std::min(groups.size(), kListedInCell); ++i) {
        const auto& [first, others] = groups[i];
        const auto more = others > 0 ? " and " + std::to_string(others) + " more" : "";
        const bool is_hazard = first->held_ms > kHazardMs;
        lines += element("div", is_hazard ? "hazard" : "",
                         (first->blocks == "writes" ? "writes to " : "reads and writes of ") +
                             name_code(first->relation) + more + " " +
                             element("span", "amount", html(how_long(*first))));
    }
    if (groups.size() > kListedInCell) {
        lines += html("and " + counted(groups.size() - kListedInCell, "more lock"));
    }
    return cell("blocked", groups.empty() ? -1 : groups.front().first->held_ms, lines);
}

std::string lock_cell(const MigrationPart& migration) {
    const auto lock = strongest_lock(migration);
    return cell("strongest lock", lock ? static_cast<double>(*lock) : -1,
                lock ? html(to_string(*lock)) : "");
}

std::string rewritten_cell(const MigrationPart& migration) {
    const auto rewritten = rewritten_by(migration);
    const auto sum = bytes_of(rewritten);
    std::string text;
    if (rewritten.size() == 1) {
        text = name_code(rewritten.front().relation) + " " +
               element("span", "amount", html(bytes(sum)));
    } else if (!rewritten.empty()) {
        text = html(counted(rewritten.size(), "relation") + ", " + bytes(sum));
    }
    return cell("rewritten", static_cast<double>(sum), text);
}

std::string table_row(const Entry& entry, std::size_t place) {
    const auto& migration = *entry.migration;
    const auto label = verdict::label_from(migration.label);
    const bool timed = migration.label != "not_run";
    const auto wal = wal_bytes_of(migration);
    return std::string{is_folded(migration) ? "<tr role=\"row\" class=\"calm\">"
                                            : "<tr role=\"row\">"} +
           cell("label", label ? static_cast<double>(*label) : -1, html_label(migration.label)) +
           cell("migration", static_cast<double>(place), link_to(entry)) +
           cell("time", timed ? migration.elapsed_ms : -1,
                timed ? html(duration(migration.elapsed_ms)) : "") +
           blocked_cell(migration) + lock_cell(migration) + rewritten_cell(migration) +
           cell("WAL", static_cast<double>(wal), wal > 0 ? html(bytes(wal)) : "") + "</tr>\n";
}

std::string table_of(const Entries& entries) {
    std::string head;
    for (const auto* column :
         {"label", "migration", "time", "blocked", "strongest lock", "rewritten", "WAL"}) {
        head += std::string{"<th role=\"columnheader\" scope=\"col\">"} + column + "</th>";
    }
    std::string rows;
    for (std::size_t i = 0; i < entries.size(); ++i) rows += table_row(entries[i], i);
    return "<table role=\"table\" class=\"migrations\"><thead role=\"rowgroup\"><tr role=\"row\">" +
           head + "</tr></thead><tbody role=\"rowgroup\">\n" + rows + "</tbody></table>\n";
}

std::string summary_of(const Entries& entries, const std::string& what) {
    double sum = 0;
    std::vector<const MigrationPart*> migrations;
    for (const auto& entry : entries) {
        sum += entry.migration->elapsed_ms;
        migrations.push_back(entry.migration);
    }
    return html(counted(entries.size(), what) + ": " + label_counts(migrations) + ", " +
                duration(sum));
}

// One table, or sorting would not compare what is folded with what is not. The style hides the calm
// rows until the box is ticked.
std::string table_section(const Entries& all, const Entries& quiet) {
    if (all.empty()) return {};
    if (all.size() <= kRowsWithoutFold || quiet.empty()) return table_of(all);
    if (quiet.size() == all.size()) return folded("The migrations", table_of(all));
    return "<div class=\"folding\"><label><input type=\"checkbox\" autocomplete=\"off\"> Show " +
           summary_of(quiet, "more migration") + "</label>\n" + table_of(all) + "</div>\n";
}

std::string heading(const MigrationPart& migration) {
    auto text = html_label(migration.label) + " " + title_text(migration);
    if (migration.label != "not_run") {
        text += " " + element("span", "time", html(duration(migration.elapsed_ms)));
    }
    return text;
}

std::string sections_of(const Report& report, const Entries& told, const Entries& quiet,
                        const HtmlStyle& style) {
    GivenAdvice given;
    std::string text;
    if (!told.empty()) text += html_legend();
    for (const auto& [migration, id] : told) {
        text += "<section id=\"" + id + "\">\n" + element("h2", "", heading(*migration)) + "\n" +
                html_migration(report, *migration, style, given) + "</section>\n";
    }
    std::string calm;
    for (const auto& [migration, id] : quiet) {
        calm += "<details class=\"fold calm\"><summary>" + element("h2", "", heading(*migration)) +
                "</summary>\n<div id=\"" + id + "\">\n" +
                html_migration(report, *migration, style, given) + "</div></details>\n";
    }
    if (calm.empty()) return text;
    if (told.empty()) calm = html_legend() + calm;
    return text + (quiet.size() > kRowsWithoutFold
                       ? folded(html(counted(quiet.size(), "migration") +
                                     " with nothing to read about, one by one"),
                                calm)
                       : calm);
}

// What a rule says for information. Each message with the migrations that it is true of.
struct Note {
    std::map<std::string, std::vector<std::string>> places;
    std::map<std::string, const FindingPart*> advice;  // by its text
};

std::string notes_section(const Entries& entries) {
    std::map<std::string, Note> notes;
    for (const auto& entry : entries) {
        for (const auto& finding : entry.migration->findings) {
            if (!is_quiet(finding) || is_silenced(finding)) continue;
            auto& note = notes[finding.rule];
            note.places[finding.message].push_back(
                link_to(entry) + (finding.line ? " line " + std::to_string(*finding.line) : ""));
            note.advice.emplace(finding.instead, &finding);
        }
    }
    std::string items;
    for (const auto& [rule, note] : notes) {
        auto text = element("strong", "", html(rule));
        for (const auto& [message, places] : note.places) {
            text += "<br>" + html(message) + ": " + join(places, ", ");
        }
        for (const auto& [instead, finding] : note.advice) text += html_advice(*finding);
        items += element("li", "", text) + "\n";
    }
    return items.empty() ? "" : folded("Notes", element("ul", "findings", items) + "\n");
}

std::string measured_section(const Report& report) {
    std::string list;
    const auto put = [&list](const std::string& name, const std::string& words) {
        if (!words.empty()) list += element("dt", "", name) + element("dd", "", words) + "\n";
    };
    const auto& sampler = report.sampler;
    put("snapshot", html(snapshot_phrase(report)));
    put("SHA-256", html(report.snapshot.sha256));
    put("scratch", html(scratch_phrase(report)));
    put("labels", html(thresholds_phrase(report)));
    put("locks", html(sampler_phrase(report)));
    if (sampler.readings > 0) {
        put("polls",
            html("every " + limit(sampler.interval_ms) + "; gaps: median " +
                 duration(sampler.gap_p50_ms) + ", 99 % below " + duration(sampler.gap_p99_ms) +
                 ", longest " + duration(sampler.longest_gap_ms)));
    }
    std::vector<std::string> settings;
    for (const auto& [name, value] : report.scratch.settings) {
        settings.push_back(html_code(name + " = " + value));
    }
    put("settings", join(settings, ", "));
    put("run", html("rehearse " + report.tool_version + ", " + report.run_id + ", " +
                    report.started_at + " to " + report.finished_at));
    return folded("How it was measured", element("dl", "", list) + "\n");
}

std::string verdict_section(const Report& report, const Entries& all, const HtmlStyle& style) {
    const auto sentence = shortened_in_middle(
        printable(verdict_sentence(report, style.mask_literals)), kLongestVerdict);
    auto text = element("h1", "verdict", html_label(report.label) + " " + html(sentence)) + "\n";
    if (all.size() > 1) text += element("p", "", summary_of(all, "migration")) + "\n";
    if (is_blind(report)) text += element("p", "hazard", html(sampler_phrase(report))) + "\n";
    for (const auto& warning : report.warnings) {
        text +=
            element("p", "quiet", element("strong", "", "warning") + " " + html(warning)) + "\n";
    }
    return text;
}

std::string head(const Report& report) {
    return "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
           "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; "
           "style-src '" +
           style_hash() + "'; script-src '" + script_hash() +
           "'; base-uri 'none'; form-action 'none'\">\n"
           "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
           "<meta name=\"referrer\" content=\"no-referrer\">\n" +
           element("title", "",
                   html(label_text(report.label) + ": rehearsal on " + report.snapshot.name)) +
           "\n<style>" + std::string{style_sheet()} + "</style>\n</head>\n";
}

}  // namespace

std::string render_html(const Report& report, const HtmlStyle& style) {
    Entries all;
    Entries told;
    Entries quiet;
    for (const auto& migration : report.migrations) {
        const Entry entry{&migration, "m" + std::to_string(all.size() + 1)};
        all.push_back(entry);
        (is_folded(migration) ? quiet : told).push_back(entry);
    }
    return head(report) + (told.size() > kLaidOutAtOnce ? "<body class=\"many\">" : "<body>") +
           "\n<header><p>rehearse on " + html_code(report.snapshot.name) +
           "</p><button id=\"theme\" type=\"button\" hidden></button></header>\n<main>\n" +
           verdict_section(report, all, style) + table_section(all, quiet) +
           sections_of(report, told, quiet, style) + notes_section(all) + measured_section(report) +
           // The pattern of waiting; the style refers to it by its name.
           "<svg class=\"patterns\" aria-hidden=\"true\"><pattern id=\"hatch\" width=\"5\" "
           "height=\"5\" patternUnits=\"userSpaceOnUse\" patternTransform=\"rotate(45)\">"
           "<rect class=\"ground\" width=\"5\" height=\"5\"/><rect class=\"stripe\" width=\"2\" "
           "height=\"5\"/></pattern></svg>\n</main>\n<script>" +
           std::string{script()} + "</script>\n</body>\n</html>\n";
}

}  // namespace rehearse::report
