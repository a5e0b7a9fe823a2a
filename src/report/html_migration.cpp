#include "report/html_migration.hpp"

#include "rehearse/base/text.hpp"
#include "rehearse/sql/script.hpp"

#include "report/html_changes.hpp"
#include "report/html_escape.hpp"
#include "report/html_timeline.hpp"
#include "report/phrases.hpp"
#include "report/sums.hpp"

#include <algorithm>

namespace rehearse::report {

namespace {

constexpr std::size_t kListed = 5;
constexpr std::size_t kLongestSql = 600;

std::string paragraph(const std::string& inner) {
    return inner.empty() ? "" : element("p", "", inner) + "\n";
}

// path:line:column, as compilers write it, so that editors and terminals can open it.
std::string place(const std::string& path, int line, int column = 0) {
    return html_code(path + ":" + std::to_string(line) +
                     (column > 0 ? ":" + std::to_string(column) : ""));
}

std::string origin(const MigrationPart& migration, const HtmlStyle& style) {
    auto text = html_code(migration.path) + html(", " + migration.tool);
    if (!migration.in_change) text += ", before this change";
    const auto previous = style.previous_runs.find(id_of(migration));
    if (previous != style.previous_runs.end()) {
        const auto& [path, words] = previous->second;
        const std::string run = "the run before";
        const auto link = "<a href=\"" + html_path(path) + "\">" + run + "</a>";
        text += ", " + (path.empty() ? run : link) + ": " + html(words);
    }
    return element("p", "quiet", text) + "\n";
}

std::string sql_of(const StatementPart* statement, const HtmlStyle& style) {
    if (statement == nullptr) return {};
    const auto sql =
        style.mask_literals ? sql::with_masked_literals(statement->sql) : statement->sql;
    return element("pre", "", element("code", "", html_lines(shortened(sql, kLongestSql)))) + "\n";
}

std::string named(const std::string& name, const std::string& words) {
    return words.empty() ? "" : element("dt", "", name) + element("dd", "", html_lines(words));
}

std::string failure(const MigrationPart& migration, const HtmlStyle& style) {
    const auto& error = *migration.error;
    auto text =
        paragraph(element("strong", "",
                          html(style.mask_literals ? because_text(migration, true)
                                                   : error.sqlstate + " " + error.message)) +
                  "<br>at " + place(error.path, error.line, error.column));
    text += sql_of(find_statement(migration, error.statement), style);
    if (error.violations) {
        const auto [before, after] = violations_phrase(*error.violations);
        text += paragraph(html(before) + " " + html_code(error.violations->relation) + " " +
                          html(after));
    }
    std::string list;
    if (!style.mask_literals) {
        list += named("detail", error.detail) + named("hint", error.hint);
    }
    for (const auto& left : error.left_behind) list += named("leaves behind", left);
    return list.empty() ? text : text + element("dl", "", list) + "\n";
}

std::string slowest(const Report& report, const MigrationPart& migration, const HtmlStyle& style) {
    auto text =
        html("over " + limit(migration.label == "rethink" ? report.rethink_ms : report.noisy_ms));
    const auto* statement = slowest_statement(migration);
    if (statement == nullptr) return paragraph(text);
    text += "; " + html(share_of(*statement, migration)) + " of it is " +
            place(statement->path, statement->line);
    std::string effects;
    for (const auto& effect : effect_phrases(*statement)) {
        effects += element("li", "", html(effect));
    }
    return paragraph(text) + sql_of(statement, style) +
           (effects.empty() ? "" : element("ul", "", effects) + "\n");
}

std::string reason(const Report& report, const MigrationPart& migration, const HtmlStyle& style) {
    if (migration.error && migration.label == "failed") return failure(migration, style);
    if (needs_reason(migration)) {
        return migration.error ? paragraph(html(because_text(migration, style.mask_literals)))
                               : slowest(report, migration, style);
    }
    return migration.label == "ok" ? "" : paragraph(html(migration.because));
}

std::string blocking(const MigrationPart& migration) {
    std::string items;
    std::size_t count = 0;
    for (const auto& blocked : blocked_together(migration)) {
        if (!is_felt(*blocked.first) || ++count > kListed) continue;
        items +=
            element("li", "",
                    html(blocks_phrase(blocked)) +
                        element("span", "quiet", html(": " + lock_phrase(blocked, migration))));
    }
    if (count > kListed) {
        items += element("li", "", html("and " + counted(count - kListed, "more lock")));
    }
    return items.empty() ? "" : element("ul", "blocks", items) + "\n";
}

std::string finding(const MigrationPart& migration, const FindingPart& finding,
                    GivenAdvice& given) {
    auto text = element("span", "severity " + html(finding.severity), html(finding.severity)) +
                " " + element("strong", "", html(finding.rule)) + " " +
                (finding.line ? place(migration.path, *finding.line) : html_code(migration.path)) +
                "<br>" + html(finding.message);
    if (finding.evidence != "exact") text += " " + html("(" + finding.evidence + ")");
    const auto [first, is_new] = given.emplace(advice_of(finding).prose, title_of(migration));
    text += is_new ? html_advice(finding)
                   : element("p", "advice", html("Instead: as for " + first->second));
    return element("li", "", text) + "\n";
}

std::string findings(const MigrationPart& migration, GivenAdvice& given) {
    std::string items;
    for (const auto& one : migration.findings) {
        if (!is_quiet(one)) items += finding(migration, one, given);
    }
    for (const auto& one : migration.findings) {
        if (!is_silenced(one)) continue;
        items += element("li", "quiet",
                         element("strong", "", html(one.rule)) +
                             (one.line ? " at line " + std::to_string(*one.line) : "") +
                             " allowed because " + html(one.allowed_because)) +
                 "\n";
    }
    return items.empty() ? "" : element("ul", "findings", items) + "\n";
}

}  // namespace

std::string html_label(const std::string& label) {
    return element("span", "label " + html(label), html(label_text(label)));
}

std::string html_advice(const FindingPart& finding) {
    const auto advice = advice_of(finding);
    if (advice.prose.empty()) return {};
    auto text = element("p", "advice", html("Instead: " + advice.prose));
    if (advice.sql.empty()) return text;
    return text + element("pre", "", element("code", "", html_lines(join(advice.sql, "\n"))));
}

std::string html_migration(const Report& report, const MigrationPart& migration,
                           const HtmlStyle& style, GivenAdvice& given) {
    return origin(migration, style) + reason(report, migration, style) + blocking(migration) +
           html_timeline(migration, style, limits_for(report.migrations.size())) +
           html_changes(migration) + findings(migration, given);
}

}  // namespace rehearse::report
