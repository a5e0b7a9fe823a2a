#include "rehearse/base/text.hpp"
#include "rehearse/report/report.hpp"

#include "samples.hpp"

#include <gmock/gmock.h>

namespace rehearse::report {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

std::size_t count_of(const std::string& text, const std::string& what) {
    std::size_t count = 0;
    for (auto at = text.find(what); at != std::string::npos; at = text.find(what, at + 1)) ++count;
    return count;
}

TEST(HtmlPage, HasOneStyleAndOneScriptAndNoOtherIsLetIn) {
    for (const auto& report : {samples::demo(), samples::hostile(), samples::nothing_pending()}) {
        const auto page = render_html(report, {});
        EXPECT_EQ(count_of(page, "<script"), 1U);
        EXPECT_EQ(count_of(page, "<style"), 1U);
        EXPECT_EQ(count_of(page, "'sha256-"), 2U);
        EXPECT_THAT(page, HasSubstr("default-src 'none'"));
        for (const auto* never : {"unsafe-inline", " style=\"", "<img", "<link", "<iframe"}) {
            EXPECT_THAT(page, Not(HasSubstr(never)));
        }
    }
}

TEST(HtmlPage, EscapesWhatTriesToBreakOut) {
    const auto page = render_html(samples::hostile(), {});
    EXPECT_FALSE(first_invalid_utf8(page));
    EXPECT_THAT(page, HasSubstr("&lt;img src=x onerror=alert(1)&gt;"));
    for (const auto* tag : {"<img", "<b>", "<i>", "<script>alert", "\033"}) {
        EXPECT_THAT(page, Not(HasSubstr(tag)));
    }
    EXPECT_EQ(count_of(page, "<details"), count_of(page, "</details>"));
}

TEST(HtmlPage, BearsLongNamesAndBadBytes) {
    auto report = samples::demo();
    auto& migration = report.migrations[1];
    migration.name = std::string(300, 'n') + "\xFF";
    migration.statements[0].sql = "SELECT '\u202E<\xC0' ]]></svg></script>";
    migration.statements[0].locks[0].relation = std::string(300, 'r');
    const auto page = render_html(report, {});
    EXPECT_FALSE(first_invalid_utf8(page));
    EXPECT_THAT(page, Not(HasSubstr("\u202E")));
    EXPECT_EQ(count_of(page, "</script>"), 1U);
    EXPECT_THAT(page, HasSubstr("nnn…nnn"));
}

TEST(HtmlPage, BeginsWithTheVerdict) {
    const auto page = render_html(samples::demo(), {});
    const auto verdict = page.find("class=\"verdict\"");
    ASSERT_NE(verdict, std::string::npos);
    EXPECT_LT(verdict, page.find("<table"));
    EXPECT_LT(page.find("<table"), page.find("<section"));
}

TEST(HtmlPage, EveryRowLeadsToItsSection) {
    const auto page = render_html(samples::many(300), {});
    for (int i = 1; i <= 300; ++i) {
        const auto id = "m" + std::to_string(i) + "\"";
        EXPECT_EQ(count_of(page, "href=\"#" + id), 1U) << id;
        EXPECT_EQ(count_of(page, " id=\"" + id), 1U) << id;
    }
}

TEST(HtmlPage, ShowsRowValuesAndMasksThemWhenAsked) {
    const auto report = samples::demo();
    const auto page = render_html(report, {});
    EXPECT_THAT(page, HasSubstr("ada@example.org"));
    EXPECT_THAT(page, HasSubstr("backfill 2026-11"));
    HtmlStyle masked;
    masked.mask_literals = true;
    EXPECT_THAT(render_html(report, masked), Not(HasSubstr("ada@example.org")));
    EXPECT_THAT(render_html(report, masked), Not(HasSubstr("backfill 2026-11")));
    EXPECT_THAT(render_html(samples::hostile(), masked), Not(HasSubstr("ada@example.org")));
}

TEST(HtmlPage, LinksToTheRunBefore) {
    HtmlStyle style;
    auto& before = style.previous_runs[id_of(samples::demo().migrations[2])];
    before = {"../a run/report.html", "38.0 s on <15> November"};
    EXPECT_THAT(render_html(samples::demo(), style),
                HasSubstr("<a href=\"../a%20run/report.html\">the run before</a>: "
                          "38.0 s on &lt;15&gt; November"));
    before.path.clear();
    const auto page = render_html(samples::demo(), style);
    EXPECT_THAT(page, HasSubstr(", the run before: 38.0 s on &lt;15&gt; November"));
    EXPECT_THAT(page, Not(HasSubstr("the run before</a>")));
    EXPECT_THAT(render_html(samples::demo(), {}), Not(HasSubstr("the run before")));
}

TEST(HtmlPage, SaysHowSureALockIs) {
    auto report = samples::demo();
    auto& lock = report.migrations[1].statements[0].locks[0];
    lock.evidence = "sampled";
    lock.not_before_ms = 4;
    lock.not_after_ms = 12'100;
    const auto page = render_html(report, {});
    EXPECT_THAT(page, HasSubstr("held at least 12.1 s (12100 ms)"));
    EXPECT_THAT(page, HasSubstr("taken after 4.0 ms, let go of before 12.1 s"));
    EXPECT_THAT(page, HasSubstr("<span class=\"number\">≥ 12.1 s</span>"));
    report.migrations[1].blocking[0].evidence = "sampled";
    EXPECT_THAT(render_html(report, {}),
                HasSubstr("<span class=\"amount\">at least 12.1 s</span>"));
}

TEST(HtmlPage, SaysThatOnePollSawALock) {
    auto report = samples::demo();
    auto& migration = report.migrations[1];
    for (auto* held : {&migration.statements[0].locks[0].held_ms, &migration.blocking[0].held_ms}) {
        *held = 0;
    }
    migration.statements[0].locks[0].evidence = migration.blocking[0].evidence = "sampled";
    const auto page = render_html(report, {});
    EXPECT_THAT(page, HasSubstr("<span class=\"number\">for a moment</span>"));
    EXPECT_THAT(page, HasSubstr("<span class=\"amount\">for a moment</span>"));
    EXPECT_THAT(page, HasSubstr("held for a moment: one poll saw it"));
    EXPECT_THAT(page, Not(HasSubstr("at least 0.00 ms")));
}

TEST(HtmlPage, SaysThatBarsOfSummedStatementsAreOutOfPlace) {
    auto report = samples::demo();
    EXPECT_THAT(render_html(report, {}), Not(HasSubstr("do not stand exactly")));
    auto& statements = report.migrations[2].statements;
    statements[3].repeated = 900;
    const auto page = render_html(report, {});
    EXPECT_EQ(count_of(page, "do not stand exactly above their locks"), 1U);
    EXPECT_THAT(page, HasSubstr("×900 <code>ALTER TABLE"));
    EXPECT_THAT(page, Not(HasSubstr("from 4.0 ms to 40.3 s")));
}

TEST(HtmlPage, ListsWhatAMigrationChanged) {
    auto report = samples::demo();
    auto& migration = report.migrations[2];
    migration.changes = {{"workspaces", "column_type_changed", "id", "integer -> bigint", 5},
                         {"<b>", "relation_dropped", "", "", std::nullopt}};
    migration.rows_changed = {{"workspaces", 0, 2'100'000, 3}};
    auto page = render_html(report, {});
    EXPECT_THAT(page, HasSubstr("<h3>What it changed</h3>\n<ul class=\"changes\">"
                                "<li><code>workspaces</code> column type changed <code>id</code>: "
                                "integer -&gt; bigint<span class=\"quiet\">, line 5</span></li>\n"
                                "<li><code>&lt;b&gt;</code> relation dropped</li>\n"
                                "<li>updated 2,100,000 rows, deleted 3 rows of workspaces</li>\n"));
    migration.changes.resize(21, migration.changes.back());
    page = render_html(report, {});
    EXPECT_EQ(count_of(page, "relation dropped"), 19U);
    EXPECT_THAT(page, HasSubstr("and 2 more, in report.json"));
}

TEST(HtmlPage, SaysHowManyStatementsAndRelationsAreNotDrawn) {
    auto report = samples::demo();
    EXPECT_THAT(render_html(report, {}), Not(HasSubstr("not drawn")));
    auto& statements = report.migrations[2].statements;
    statements.resize(40, statements.back());
    auto& locks = statements[3].locks;
    for (int i = 0; i < 30; ++i) {
        locks.push_back(locks.front());
        locks.back().relation = "table_" + std::to_string(i);
    }
    const auto page = render_html(report, {});
    EXPECT_THAT(page, HasSubstr("10 shorter statements of 40 not drawn, "));
    EXPECT_THAT(page, HasSubstr("11 locked relations of 31 not drawn; report.json has them all. "
                                "The longest of those, table_"));
}

TEST(HtmlPage, TellsANoteOnlyOfTheMigrationsThatItIsTrueOf) {
    const auto notes_of = [](const Report& report) {
        const auto page = render_html(report, {});
        return page.substr(page.find(">Notes<"));
    };
    auto report = samples::many(3);
    for (auto& migration : report.migrations) {
        FindingPart finding;
        finding.rule = "statement-timeout-unset";
        finding.severity = "info";
        finding.line = 7;
        finding.message = "ALTER TABLE runs without it";
        finding.instead = "Set it";
        migration.findings = {finding};
    }
    report.migrations[1].findings[0].message = "INSERT runs without it";
    const auto notes = notes_of(report);
    EXPECT_THAT(notes, HasSubstr("<br>ALTER TABLE runs without it: "
                                 "<a href=\"#m1\">0001 add_note_to_table_0001</a> line 7, "
                                 "<a href=\"#m3\">0003 add_note_to_table_0003</a> line 7<br>"
                                 "INSERT runs without it: "
                                 "<a href=\"#m2\">0002 add_note_to_table_0002</a> line 7"));
    EXPECT_EQ(count_of(notes, "Instead: Set it"), 1U);
    report.migrations[1].findings[0].allowed_because = "it is short";
    EXPECT_THAT(notes_of(report), Not(HasSubstr("INSERT")));
}

TEST(HtmlPage, ManyMigrationsAreOneTableWithTheCalmOnesFolded) {
    const auto page = render_html(samples::many(300), {});
    EXPECT_EQ(count_of(page, "<table"), 1U);
    EXPECT_EQ(count_of(page, "<tr role=\"row\" class=\"calm\">"), 295U);
    EXPECT_THAT(page, HasSubstr("> Show 295 more migrations: 295 ok, "));
    for (const auto& few : {samples::demo(), samples::many(12)}) {
        EXPECT_THAT(render_html(few, {}), Not(HasSubstr("class=\"folding\"")));
    }
}

}  // namespace
}  // namespace rehearse::report
