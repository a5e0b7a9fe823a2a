#include "rehearse/base/text.hpp"
#include "rehearse/report/layout.hpp"
#include "rehearse/report/report.hpp"

#include "report/phrases.hpp"

#include <algorithm>
#include <set>

namespace rehearse::report {

namespace {

// "  rethink  14 min 3 s  0044 split_names"
constexpr std::size_t kLabelCells = 7;
constexpr std::size_t kElapsedCells = 11;
constexpr std::size_t kNameAt = 2 + kLabelCells + 1 + kElapsedCells + 2;
constexpr std::size_t kShortestName = 16;
constexpr std::size_t kShortestLine = 20;
constexpr std::size_t kNarrowest = 40;
// Wider lines are hard to read, however wide the terminal.
constexpr std::size_t kWidest = 120;
constexpr std::size_t kDetailAt = 6;
constexpr std::size_t kSqlLines = 3;
constexpr std::size_t kListed = 5;

enum class Ink { plain, dim, bold, green, yellow, red };

std::string spaces(std::size_t count) {
    return std::string(count, ' ');
}

class Page {
  public:
    explicit Page(const TerminalStyle& style)
        : colour_(style.colour),
          width_(std::clamp(static_cast<std::size_t>(std::max(0, style.width)), kNarrowest,
                            kWidest)) {}

    std::size_t width() const { return width_; }
    const std::string& text() const { return text_; }

    std::string inked(const std::string& text, Ink ink) const {
        if (!colour_ || ink == Ink::plain) return text;
        static constexpr const char* kCodes[] = {"", "2", "1", "32", "33", "1;31"};
        return std::string{"\033["} + kCodes[static_cast<std::size_t>(ink)] + "m" + text +
               "\033[0m";
    }

    void line(const std::string& text) { text_ += text + "\n"; }
    void blank() {
        if (!text_.empty() && !text_.ends_with("\n\n")) text_ += "\n";
    }
    // `first` stands before the first line and already has its ink; what follows hangs under it.
    void paragraph(const std::string& first, std::size_t first_cells, const std::string& words,
                   Ink ink = Ink::plain) {
        std::string lead = first;
        const auto room =
            width_ > first_cells + kShortestLine ? width_ - first_cells : kShortestLine;
        for (const auto& words_line : wrapped(printable(words), room)) {
            line(lead + inked(words_line, ink));
            lead = std::string(first_cells, ' ');
        }
    }

    // A line that somebody may want to copy: as it is where it fits.
    void sql(const std::string& text, std::size_t indent) {
        const auto lead = spaces(indent) + inked("| ", Ink::dim);
        const auto shown = printable(text);
        if (indent + 2 + cells_of(shown) <= width_) return line(lead + shown);
        paragraph(lead, indent + 2, shown);
    }

  private:
    bool colour_;
    std::size_t width_;
    std::string text_;
};

Ink ink_of_label(const std::string& label) {
    if (label == "ok") return Ink::green;
    if (label == "noisy") return Ink::yellow;
    return label == "not_run" ? Ink::dim : Ink::red;
}

Ink ink_of_severity(const std::string& severity) {
    return severity == "danger" ? Ink::red : severity == "warning" ? Ink::yellow : Ink::dim;
}

void put_header(Page& page, const Report& report) {
    page.line(page.inked("rehearse " + printable(report.tool_version), Ink::bold));
    const auto put = [&](const std::string& name, const std::string& words, Ink ink = Ink::dim) {
        page.paragraph("  " + page.inked(padded(name, 10), ink), 12, words);
    };
    put("snapshot", snapshot_phrase(report));
    put("scratch", scratch_phrase(report));
    for (const auto& warning : report.warnings) put("warning", warning, Ink::yellow);
    page.blank();
}

std::string migration_line(const Page& page, const MigrationPart& migration) {
    const bool timed = migration.label != "not_run";
    const auto start =
        "  " +
        page.inked(padded(label_text(migration.label), kLabelCells),
                   ink_of_label(migration.label)) +
        " " + padded_left(timed ? duration(migration.elapsed_ms) : "-", kElapsedCells) + "  ";
    const auto room = page.width() - kNameAt;
    const auto title = printable(title_of(migration));
    if (!migration.blocking.empty()) {
        const auto blocked = blocked_together(migration).front();
        const auto& blocking = *blocked.first;
        const auto blocks = printable(blocks_phrase(blocked));
        const auto needed = cells_of(blocks) + 2;
        const auto ink = blocking.held_ms > kHazardMs ? Ink::yellow : Ink::dim;
        // A lock that users feel is worth some of a long name; any other only what room is left.
        const auto wanted =
            is_felt(blocking) ? std::min(kShortestName, cells_of(title)) : cells_of(title);
        if (wanted + needed <= room) {
            return start + shortened_in_middle(title, room - needed) + "  " +
                   page.inked(blocks, ink);
        }
    }
    return start + shortened_in_middle(title, room);
}

// path:line, as compilers write it, so that editors and terminals can open it.
std::string place_in(const std::string& path, int line) {
    return printable(path) + ":" + std::to_string(line);
}

void put_sql(Page& page, const std::string& sql, std::size_t indent) {
    const auto room = page.width() - indent - 2;
    auto lines = wrapped(printable(one_line(sql, kSqlLines * room)), room);
    if (lines.size() > kSqlLines) {
        lines.resize(kSqlLines);
        lines.back() += " …";
    }
    for (const auto& line : lines) {
        page.line(spaces(indent) + page.inked("| ", Ink::dim) + shortened_in_middle(line, room));
    }
}

void put_slowest(Page& page, const Report& report, const MigrationPart& migration) {
    auto words = migration.because;
    const auto* slowest = slowest_statement(migration);
    if (!migration.error) {
        words = "over " + limit(migration.label == "rethink" ? report.rethink_ms : report.noisy_ms);
        if (slowest != nullptr) {
            words += "; " + share_of(*slowest, migration) + " of it is " +
                     place_in(slowest->path, slowest->line);
        }
    }
    page.paragraph(spaces(kDetailAt), kDetailAt, words);
    if (slowest == nullptr) return;
    put_sql(page, slowest->sql, kDetailAt);
    for (const auto& effect : effect_phrases(*slowest))
        page.paragraph(spaces(kDetailAt), kDetailAt, effect, Ink::dim);
}

void put_failure(Page& page, const MigrationPart& migration) {
    const auto& error = *migration.error;
    page.paragraph(spaces(kDetailAt), kDetailAt, error.sqlstate + " " + error.message);
    page.line(spaces(kDetailAt) + page.inked("at ", Ink::dim) + place_in(error.path, error.line) +
              (error.column > 0 ? ":" + std::to_string(error.column) : ""));
    if (const auto* statement = find_statement(migration, error.statement)) {
        put_sql(page, statement->sql, kDetailAt);
    }
    const auto put = [&](const std::string& name, const std::string& words) {
        if (words.empty()) return;
        page.paragraph(spaces(kDetailAt) + page.inked(name + ": ", Ink::dim),
                       kDetailAt + name.size() + 2, words);
    };
    if (error.violations) {
        const auto [before, after] = violations_phrase(*error.violations);
        page.paragraph(spaces(kDetailAt), kDetailAt,
                       before + " " + error.violations->relation + " " + after);
    }
    put("detail", error.detail);
    put("hint", error.hint);
    for (const auto& left : error.left_behind) put("leaves behind", left);
}

void put_blocking(Page& page, const MigrationPart& migration) {
    std::size_t count = 0;
    for (const auto& blocked : blocked_together(migration)) {
        if (!is_felt(*blocked.first)) continue;
        if (++count > kListed) continue;
        page.paragraph(spaces(kDetailAt), kDetailAt, lock_phrase(blocked, migration), Ink::dim);
    }
    if (count > kListed) {
        page.line(spaces(kDetailAt) + "and " + counted(count - kListed, "more lock"));
    }
}

// Advice that stands on the page already need not stand there again.
using Given = std::set<std::string>;

void put_advice(Page& page, const FindingPart& finding, Given& given) {
    const auto indent = kDetailAt + 2;
    const auto lead = spaces(indent) + page.inked("instead: ", Ink::green);
    const auto advice = advice_of(finding);
    if (!given.insert(advice.prose).second) return page.line(lead + "as above");
    page.paragraph(lead, indent + 9, advice.prose);
    for (const auto& sql : advice.sql) page.sql(sql, indent);
}

void put_finding(Page& page, const MigrationPart& migration, const FindingPart& finding,
                 Given& given) {
    const auto place =
        finding.line ? place_in(migration.path, *finding.line) : printable(migration.path);
    const auto severity = printable(finding.severity);
    const auto rule = printable(finding.rule);
    const auto cells = kDetailAt + cells_of(severity) + 1 + cells_of(rule) + 2 + cells_of(place);
    const bool fits = cells <= page.width();
    page.line(spaces(kDetailAt) + page.inked(severity, ink_of_severity(finding.severity)) + " " +
              page.inked(rule, Ink::bold) + (fits ? "  " + place : ""));
    if (!fits) page.line(spaces(kDetailAt + 2) + place);
    page.paragraph(spaces(kDetailAt + 2), kDetailAt + 2, finding.message);
    put_advice(page, finding, given);
}

void put_findings(Page& page, const MigrationPart& migration, Given& given) {
    for (const auto& finding : migration.findings) {
        if (!is_quiet(finding)) put_finding(page, migration, finding, given);
    }
    for (const auto& finding : migration.findings) {
        if (!is_silenced(finding)) continue;
        auto words = finding.rule;
        if (finding.line) words += " at line " + std::to_string(*finding.line);
        page.paragraph(spaces(kDetailAt) + page.inked("allowed ", Ink::dim), kDetailAt + 8,
                       words + ": " + finding.allowed_because, Ink::dim);
    }
}

void put_migration(Page& page, const Report& report, const MigrationPart& migration, Given& given) {
    const bool has_silenced =
        std::any_of(migration.findings.begin(), migration.findings.end(), is_silenced);
    const bool has_details = migration.label != "not_run" && (!is_calm(migration) || has_silenced);
    if (has_details) page.blank();
    page.line(migration_line(page, migration));
    if (!has_details) return;
    if (migration.error && migration.label == "failed") {
        put_failure(page, migration);
    } else if (migration.label != "ok") {
        put_slowest(page, report, migration);
    }
    put_blocking(page, migration);
    put_findings(page, migration, given);
    page.blank();
}

// Catch-up that went well is not what the reader came for.
void put_catch_up(Page& page, const std::vector<const MigrationPart*>& calm) {
    if (calm.empty()) return;
    double sum = 0;
    for (const auto* migration : calm) sum += migration->elapsed_ms;
    const auto words = counted(calm.size(), "migration") + " before this change";
    page.line("  " + page.inked(padded("ok", kLabelCells), Ink::green) + " " +
              padded_left(duration(sum), kElapsedCells) + "  " +
              page.inked(shortened_in_middle(words, page.width() - kNameAt), Ink::dim));
}

void put_quiet_findings(Page& page, const std::vector<const MigrationPart*>& migrations) {
    page.blank();
    for (const auto& [rule, repeated] : quiet_findings(migrations)) {
        auto versions = repeated.versions;
        const auto count = versions.size();
        if (count > kListed) {
            versions.resize(kListed);
            versions.push_back("…");
        }
        auto words = rule + " in " + join(versions, ", ");
        if (count == 1) words += ": " + repeated.first->message;
        page.paragraph("  " + page.inked("info", Ink::dim) + "  ", 8, words);
        const auto advice = advice_of(*repeated.first);
        page.paragraph(spaces(8), 8, advice.prose, Ink::dim);
        for (const auto& sql : advice.sql) page.sql(sql, 8);
    }
}

void put_verdict(Page& page, const Report& report,
                 const std::vector<const MigrationPart*>& migrations) {
    page.blank();
    const auto label = label_text(report.label);
    page.paragraph(page.inked(label, ink_of_label(report.label)) + "  ", label.size() + 2,
                   verdict_sentence(report));
    if (migrations.size() > 1) {
        page.paragraph("  ", 2,
                       counted(migrations.size(), "migration") + ": " + label_counts(migrations),
                       Ink::dim);
    }
    page.paragraph("  ", 2, thresholds_phrase(report), Ink::dim);
    page.paragraph("  ", 2, sampler_phrase(report), is_blind(report) ? Ink::yellow : Ink::dim);
}

}  // namespace

std::string render_migration_line(const MigrationPart& migration, const TerminalStyle& style) {
    return migration_line(Page{style}, migration);
}

std::string render_terminal(const Report& report, const TerminalStyle& style) {
    Page page{style};
    put_header(page, report);

    std::vector<const MigrationPart*> all;
    std::vector<const MigrationPart*> calm_catch_up;
    std::vector<const MigrationPart*> shown;
    for (const auto& migration : report.migrations) {
        all.push_back(&migration);
        const bool fold = !migration.in_change && is_calm(migration);
        (fold ? calm_catch_up : shown).push_back(&migration);
    }
    put_catch_up(page, calm_catch_up);
    Given given;
    for (const auto* migration : shown) put_migration(page, report, *migration, given);
    put_quiet_findings(page, shown);
    put_verdict(page, report, all);
    return page.text();
}

}  // namespace rehearse::report
