#include "rehearse/base/text.hpp"
#include "rehearse/report/layout.hpp"
#include "rehearse/report/report.hpp"
#include "rehearse/sql/script.hpp"

#include "report/escape.hpp"
#include "report/phrases.hpp"
#include "report/sums.hpp"

#include <algorithm>
#include <array>
#include <set>

// A comment in a public place: SQLSTATE, names and counts, never a row's values. So neither
// ErrorPart::message and ::detail nor notices are looked at here; `because` is written without
// them.
namespace rehearse::report {

namespace {

using Migrations = std::vector<const MigrationPart*>;

constexpr std::size_t kLongestTitle = 100;
constexpr std::size_t kLongestName = 63 * 2 + 1;  // schema.table
constexpr std::size_t kLongestSql = 600;
constexpr std::size_t kListedInCell = 2;
constexpr std::size_t kListedPlaces = 5;
// A longer table hides its few interesting rows.
constexpr std::size_t kRowsWithoutFold = 12;

// What is left out, step by step, until the text fits. Everything is still in report.json.
struct Detail {
    bool sql = true;        // of the slowest and the failed statements, and what that did
    bool advice = true;     // what to do instead
    bool settings = true;   // of the scratch
    bool calm_rows = true;  // migrations with nothing to read about, one by one
    bool findings = true;   // one by one; else counts
    bool rows = true;       // of the table; else counts
};

constexpr std::array kDetails{
    Detail{},
    Detail{.sql = true, .settings = false, .calm_rows = false},
    Detail{.sql = false, .settings = false, .calm_rows = false},
    Detail{.sql = false, .advice = false, .settings = false, .calm_rows = false},
    Detail{.sql = false, .advice = false, .settings = false, .calm_rows = false, .findings = false},
    Detail{.sql = false,
           .advice = false,
           .settings = false,
           .calm_rows = false,
           .findings = false,
           .rows = false},
};

std::string name_code(const std::string& name) {
    return code(shortened_in_middle(printable(name), kLongestName));
}

std::string title_code(const MigrationPart& migration) {
    return code(shortened_in_middle(printable(title_of(migration)), kLongestTitle));
}

std::string bold(const std::string& text) {
    return "**" + text + "**";
}

std::string label_cell(const std::string& label) {
    return label == "ok" ? "ok" : bold(label_text(label));
}

std::string folded(const std::string& summary, const std::string& body) {
    return "<details><summary>" + summary + "</summary>\n\n" + body + "\n</details>\n\n";
}

std::string blocked_cell(const MigrationPart& migration) {
    const auto groups = blocked_together(migration);
    std::vector<std::string> parts;
    for (const auto& [first, others] : groups) {
        if (parts.size() == kListedInCell) {
            parts.push_back("and " + counted(groups.size() - kListedInCell, "more lock"));
            break;
        }
        parts.push_back((first->blocks == "writes" ? "writes to " : "reads and writes of ") +
                        name_code(first->relation) +
                        (others > 0 ? " and " + std::to_string(others) + " more" : "") + " " +
                        held_phrase(*first));
    }
    return join(parts, "<br>");
}

std::string strongest_lock_cell(const MigrationPart& migration) {
    const auto strongest = strongest_lock(migration);
    return strongest ? std::string{to_string(*strongest)} : "";
}

std::string rewrite_cell(const MigrationPart& migration) {
    const auto rewritten = rewritten_by(migration);
    if (rewritten.size() > kListedInCell) {
        return counted(rewritten.size(), "relation") + ", " + bytes(bytes_of(rewritten));
    }
    std::vector<std::string> parts;
    for (const auto& one : rewritten) {
        parts.push_back(name_code(one.relation) + " " + bytes(one.bytes));
    }
    return join(parts, "<br>");
}

std::string wal_cell(const MigrationPart& migration) {
    const auto sum = wal_bytes_of(migration);
    return sum > 0 ? bytes(sum) : "";
}

std::string table_of(const Migrations& migrations) {
    std::string table =
        "| | migration | time | blocked | strongest lock | rewritten | WAL |\n"
        "|---|---|--:|---|---|---|--:|\n";
    for (const auto* migration : migrations) {
        const bool timed = migration->label != "not_run";
        table += "| " + label_cell(migration->label) + " | " + title_code(*migration) + " | " +
                 (timed ? duration(migration->elapsed_ms) : "") + " | " + blocked_cell(*migration) +
                 " | " + strongest_lock_cell(*migration) + " | " + rewrite_cell(*migration) +
                 " | " + wal_cell(*migration) + " |\n";
    }
    return table + "\n";
}

std::string summary_of(const Migrations& migrations, const std::string& what) {
    double sum = 0;
    for (const auto* migration : migrations) sum += migration->elapsed_ms;
    return counted(migrations.size(), what) + ": " + label_counts(migrations) + ", " +
           duration(sum);
}

// Few migrations are one table. Of many, those with something to read about are, and the others are
// folded under it.
std::string change_section(const Migrations& migrations, const Detail& detail) {
    if (migrations.empty()) return "This change adds no migration.\n\n";
    if (!detail.rows) return summary_of(migrations, "migration") + ".\n\n";
    Migrations calm;
    Migrations others;
    for (const auto* m : migrations) {
        (is_calm(*m) || m->label == "not_run" ? calm : others).push_back(m);
    }
    if (migrations.size() <= kRowsWithoutFold) return table_of(migrations);
    std::string text;
    if (!others.empty()) text += table_of(others);
    if (calm.empty()) return text;
    const auto summary = summary_of(calm, "more migration");
    return text + (detail.calm_rows ? folded(summary, table_of(calm)) : summary + ".\n\n");
}

std::string place_of(const std::string& path, int line) {
    return code(path + ":" + std::to_string(line));
}

std::string sql_block(const StatementPart& statement, const MarkdownStyle& style) {
    const auto sql = style.mask_literals ? sql::with_masked_literals(statement.sql) : statement.sql;
    return code_block(split_lines(shortened(sql, kLongestSql)), "sql");
}

std::string reason_section(const MigrationPart& migration, const Detail& detail,
                           const MarkdownStyle& style) {
    auto text = bold(label_text(migration.label)) + " " + title_code(migration) +
                (migration.in_change ? "" : " (before this change)") + ": " +
                prose(because_text(migration, style.mask_literals));
    const StatementPart* statement = nullptr;
    if (migration.error) {
        statement = find_statement(migration, migration.error->statement);
        text += " (" + place_of(migration.error->path, migration.error->line) + ")";
        if (const auto& violations = migration.error->violations) {
            const auto [before, after] = violations_phrase(*violations);
            text += "<br>" + prose(before) + " " + name_code(violations->relation);
            if (!after.empty()) text += " " + prose(after);
        }
        for (const auto& left : migration.error->left_behind) {
            text += "<br>leaves behind: " + prose(left);
        }
    } else if ((statement = slowest_statement(migration)) != nullptr) {
        text += "; " + share_of(*statement, migration) + " of it is " +
                place_of(statement->path, statement->line);
        if (detail.sql) {
            for (const auto& effect : effect_phrases(*statement)) text += "<br>" + prose(effect);
        }
    }
    text += "\n\n";
    if (detail.sql && statement != nullptr) text += sql_block(*statement, style) + "\n";
    return text;
}

// Advice that stands in the comment already need not stand there again.
using Given = std::set<std::string>;

std::string finding_text(const MigrationPart& migration, const FindingPart& finding,
                         const Detail& detail, Given& given) {
    auto text = "- " + bold(finding.severity) + " " + code(finding.rule) + " " +
                (finding.line ? place_of(migration.path, *finding.line) : title_code(migration)) +
                "<br>" + prose(finding.message);
    if (finding.evidence != "exact") text += " (" + finding.evidence + ")";
    const auto advice = advice_of(finding);
    if (!detail.advice || !given.insert(advice.prose).second) return text + "\n";
    text += "<br>Instead: " + prose(advice.prose) + "\n";
    if (advice.sql.empty()) return text;
    // Two spaces keep the block inside the list's item.
    text += "\n";
    for (const auto& line : split_lines(code_block(advice.sql, "sql"))) text += "  " + line + "\n";
    return text;
}

std::string finding_counts(const Migrations& migrations) {
    std::map<std::string, std::size_t> by_rule;
    for (const auto* migration : migrations) {
        for (const auto& finding : migration->findings) {
            if (!is_quiet(finding)) ++by_rule[finding.rule];
        }
    }
    std::vector<std::string> parts;
    for (const auto& [rule, count] : by_rule) {
        parts.push_back(code(rule) + " " + std::to_string(count));
    }
    return parts.empty() ? "" : "Findings: " + join(parts, ", ") + ".\n\n";
}

// "`0042` line 1, `0043` line 3 and 7 more"
std::string places_of(const std::vector<FindingPlace>& places) {
    std::vector<std::string> listed;
    for (const auto& [migration, line] : places) {
        if (listed.size() == kListedPlaces) break;
        const auto& version = migration->version.empty() ? migration->name : migration->version;
        listed.push_back(code(shortened_in_middle(printable(version), kLongestTitle)) +
                         (line ? " line " + std::to_string(*line) : ""));
    }
    const auto more = places.size() - listed.size();
    return join(listed, ", ") + (more > 0 ? " and " + std::to_string(more) + " more" : "");
}

std::string findings_section(const Migrations& migrations, const Detail& detail) {
    if (!detail.findings) return finding_counts(migrations);
    Given given;
    std::string loud;
    std::string silenced;
    for (const auto* migration : migrations) {
        for (const auto& finding : migration->findings) {
            if (!is_quiet(finding)) loud += finding_text(*migration, finding, detail, given);
            if (is_silenced(finding)) {
                silenced += "- " + code(finding.rule) + " allowed in " +
                            (finding.line ? place_of(migration->path, *finding.line)
                                          : title_code(*migration)) +
                            " because " + prose(finding.allowed_because) + "\n";
            }
        }
    }
    std::string notes;
    for (const auto& [rule, repeated] : quiet_findings(migrations)) {
        notes += "- " + code(rule) + " in " + places_of(repeated.places);
        if (repeated.are_alike) notes += ": " + prose(repeated.first->message);
        const auto advice = advice_of(*repeated.first);
        if (detail.advice) {
            notes += "<br>Instead: " + prose(advice.prose);
            for (const auto& line : advice.sql) notes += "<br>" + code(line);
        }
        notes += "\n";
    }
    std::string text;
    if (!loud.empty()) text += loud + "\n";
    if (!silenced.empty()) text += silenced + "\n";
    if (!notes.empty()) text += folded("Notes", notes);
    return text;
}

std::string catch_up_section(const Migrations& migrations, const Detail& detail) {
    if (migrations.empty()) return {};
    const auto summary = summary_of(migrations, "migration") + " before this change";
    return detail.calm_rows ? folded(summary, table_of(migrations)) : summary + ".\n\n";
}

std::string measured_section(const Report& report, const Detail& detail) {
    std::string text = "- snapshot: " + prose(snapshot_phrase(report)) + "\n" +
                       "- scratch: " + prose(scratch_phrase(report)) + "\n" +
                       "- labels: " + prose(thresholds_phrase(report)) + "\n";
    const auto sampler = sampler_phrase(report);
    if (!sampler.empty()) text += "- " + prose(sampler) + "\n";
    if (detail.settings && !report.scratch.settings.empty()) {
        std::vector<std::string> settings;
        for (const auto& [name, value] : report.scratch.settings) {
            settings.push_back(code(name + " = " + value));
        }
        text += "- settings: " + join(settings, ", ") + "\n";
    }
    if (detail.findings) {
        for (const auto& warning : report.warnings) text += "- warning: " + prose(warning) + "\n";
    }
    text += "- rehearse " + prose(report.tool_version) + ", run " + code(report.run_id) + ", " +
            prose(report.started_at) + "\n";
    return folded("How it was measured", text);
}

std::string verdict_line(const Report& report, const MarkdownStyle& style) {
    return bold(label_text(report.label)) + ": " +
           prose(verdict_sentence(report, style.mask_literals)) + "\n\n";
}

std::string rendered(const Report& report, const MarkdownStyle& style, const Detail& detail) {
    Migrations change;
    Migrations catch_up;
    for (const auto& m : report.migrations) (m.in_change ? change : catch_up).push_back(&m);

    auto text = verdict_line(report, style);
    if (is_blind(report)) text += prose(sampler_phrase(report)) + "\n\n";
    if (!report.migrations.empty()) text += change_section(change, detail);
    if (detail.rows) {
        for (const auto& migration : report.migrations) {
            if (needs_reason(migration)) text += reason_section(migration, detail, style);
        }
    }
    text += findings_section(change, detail);
    text += catch_up_section(catch_up, detail);
    text += measured_section(report, detail);
    return text;
}

}  // namespace

std::string render_markdown(const Report& report, const MarkdownStyle& style) {
    auto text = rendered(report, style, kDetails.front());
    for (std::size_t i = 1; i < kDetails.size() && text.size() > style.size_limit; ++i) {
        text = rendered(report, style, kDetails[i]) +
               "Shortened to fit; `report.json` has the rest.\n";
    }
    return text.size() > style.size_limit ? verdict_line(report, style) : text;
}

}  // namespace rehearse::report
