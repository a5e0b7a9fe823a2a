#include "rehearse/base/text.hpp"
#include "rehearse/report/layout.hpp"
#include "rehearse/report/report.hpp"

#include "report/markup.hpp"
#include "report/phrases.hpp"

#include <algorithm>
#include <array>
#include <cstdio>
#include <string>

// JUnit's XML, for the places that show test results: one test case a migration. Public, as
// Markdown is: no row's values.
namespace rehearse::report {

namespace {

using Migrations = std::vector<const MigrationPart*>;

// printable() leaves no character that XML 1.0 (2.2) has no place for.
std::string escaped(std::string_view text) {
    return with_entities(printable(text));
}

std::string attribute(const std::string& name, std::string_view value) {
    return " " + name + "=\"" + escaped(value) + "\"";
}

std::string seconds(double ms) {
    std::array<char, 64> text{};
    std::snprintf(text.data(), text.size(), "%.3f", ms / 1000);
    return text.data();
}

bool fails(const MigrationPart& migration, verdict::FailOn fail_on) {
    const auto label = verdict::label_from(migration.label);
    return label && *label != verdict::Label::not_run && verdict::reaches(fail_on, {*label});
}

// What a reader of the log would want to know, a line each.
std::string lines_of(const MigrationPart& migration) {
    std::string lines;
    const auto add = [&lines](const std::string& text) { lines += escaped(text) + "\n"; };
    if (migration.error) {
        add(migration.error->path + ":" + std::to_string(migration.error->line));
        if (const auto& violations = migration.error->violations) {
            const auto [before, after] = violations_phrase(*violations);
            add(before + " " + violations->relation + (after.empty() ? "" : " " + after));
        }
        for (const auto& left : migration.error->left_behind) add("leaves behind: " + left);
    } else if (const auto* slowest = slowest_statement(migration)) {
        add(share_of(*slowest, migration) + " of it is " + slowest->path + ":" +
            std::to_string(slowest->line));
    }
    for (const auto& blocked : blocked_together(migration)) {
        if (is_felt(*blocked.first)) add(lock_phrase(blocked, migration));
    }
    for (const auto& finding : migration.findings) {
        if (is_quiet(finding)) continue;
        add(finding.severity + " " + finding.rule +
            (finding.line ? " at line " + std::to_string(*finding.line) : "") + ": " +
            finding.message);
    }
    return lines;
}

std::string case_of(const MigrationPart& migration, const JunitStyle& style) {
    std::string text = "    <testcase" + attribute("name", title_of(migration)) +
                       attribute("classname", migration.tool) + attribute("file", migration.path) +
                       attribute("time", seconds(migration.elapsed_ms)) + ">\n";
    const auto lines = lines_of(migration);
    const auto message =
        label_text(migration.label) + ": " + because_text(migration, style.mask_literals);
    if (migration.label == to_string(verdict::Label::not_run)) {
        text += "      <skipped" + attribute("message", message) + "/>\n";
    } else if (fails(migration, style.fail_on)) {
        text += "      <failure" + attribute("type", migration.label) +
                attribute("message", message) + ">\n" + lines + "      </failure>\n";
    } else {
        text += "      <system-out>\n" + escaped(message) + "\n" + lines + "      </system-out>\n";
    }
    return text + "    </testcase>\n";
}

std::string suite_of(const std::string& name, const Migrations& migrations, const Report& report,
                     const JunitStyle& style) {
    if (migrations.empty()) return {};
    const auto count = [&](const auto& which) {
        return std::to_string(std::count_if(migrations.begin(), migrations.end(), which));
    };
    double sum = 0;
    std::string cases;
    for (const auto* migration : migrations) {
        sum += migration->elapsed_ms;
        cases += case_of(*migration, style);
    }
    return "  <testsuite" + attribute("name", name) +
           attribute("tests", std::to_string(migrations.size())) +
           attribute("failures", count([&](const auto* m) { return fails(*m, style.fail_on); })) +
           attribute("skipped", count([](const auto* m) { return m->label == "not_run"; })) +
           attribute("time", seconds(sum)) + attribute("timestamp", report.started_at) + ">\n" +
           cases + "  </testsuite>\n";
}

}  // namespace

std::string render_junit(const Report& report, const JunitStyle& style) {
    Migrations change;
    Migrations catch_up;
    for (const auto& m : report.migrations) (m.in_change ? change : catch_up).push_back(&m);
    return "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites" +
           attribute("name", "rehearse") + ">\n" + suite_of("migrations", change, report, style) +
           suite_of("catch-up", catch_up, report, style) + "</testsuites>\n";
}

}  // namespace rehearse::report
