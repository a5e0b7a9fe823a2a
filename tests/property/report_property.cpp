#include "rehearse/base/error.hpp"
#include "rehearse/base/text.hpp"
#include "rehearse/report/report.hpp"

#include "property/random.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <limits>

namespace rehearse::report {
namespace {

using rehearse::test::Random;
using Texts = std::vector<std::string>;

constexpr int kReports = 300;
constexpr std::uint64_t kMostWhole = std::uint64_t{1} << 53;

// What a text can trip over: quotes and escapes of JSON, Markdown and terminals.
const Texts kTexts = {
    "",
    "orders",
    "a b",
    "\"q\"",
    "back\\slash",
    "tab\t",
    "two\nlines",
    "\r\n",
    "\x01",
    "\033[m",
    "\x7f",
    "größe",
    "表名",
    "🙂",
    "\u2028",
    "null",
    "1e9",
    "{\"a\": [1]}",
    "|",
    "`",
    "```",
    "</details>",
    "<b>",
    "@team",
    "](https://x.y)",
    "*_~$#!1",
    "&amp;&#124;",
    "www.x.y",
    std::string(300, 'x'),
};
const Texts kLabels = {"ok", "noisy", "rethink", "failed", "not_run"};
const Texts kModes = {"ShareLock", "AccessExclusiveLock", "RowExclusiveLock"};
const Texts kBlocks = {"writes", "reads_and_writes"};
const Texts kEvidence = {"exact", "sampled", "text", "none"};

struct Make {
    Random& random;
    // Anything for the contract's words too, which no reader would let through.
    bool any_words = false;

    bool flag() { return random.below(2) == 0; }
    std::string text() {
        std::string result;
        for (auto i = random.below(4); i > 0; --i) result += random.pick(kTexts);
        return result;
    }
    std::string word(const Texts& known) {
        return any_words && flag() ? text() : random.pick(known);
    }
    double number() {
        constexpr double kNumbers[] = {0,     0.001,     0.1 + 0.2, 41'200.123, 1e15,
                                       1e-12, 1.0 / 3.0, -0.0,      4e12,       30'000};
        return kNumbers[random.below(std::size(kNumbers))];
    }
    template <typename Number>
    Number whole() {
        constexpr auto kMost = static_cast<Number>(
            std::min<std::uint64_t>(std::numeric_limits<Number>::max(), kMostWhole));
        const Number numbers[] = {0, 1, 42, 8192, kMost, static_cast<Number>(kMost / 3)};
        return numbers[random.below(std::size(numbers))];
    }
    template <typename T, typename One>
    std::vector<T> list(One one) {
        std::vector<T> result;
        for (auto i = random.below(4); i > 0; --i) result.push_back(one());
        return result;
    }
    template <typename T>
    std::optional<T> maybe(T value) {
        return flag() ? std::optional{value} : std::nullopt;
    }

    ViolationsPart violations() {
        return {
            text(),   text(), maybe(whole<std::int64_t>()), maybe(whole<std::int64_t>()), flag(),
            number(), text()};
    }
    ErrorPart error() {
        return {text(),
                text(),
                text(),
                whole<int>(),
                whole<int>(),
                whole<std::size_t>(),
                text(),
                text(),
                list<std::string>([&] { return text(); }),
                maybe(violations())};
    }
    LockPart lock() {
        return {text(),          word(kModes), number(), number(), number(), number(),
                word(kEvidence), flag(),       number(), number(), text()};
    }
    StatementPart statement() {
        StatementPart part;
        part.ordinal = whole<std::size_t>();
        part.path = text();
        part.line = whole<int>();
        part.column = whole<int>();
        part.sql = text();
        part.sql_shortened = flag();
        part.repeated = whole<std::uint64_t>();
        part.last_line = whole<int>();
        part.kind = text();
        part.command_tag = text();
        part.elapsed_ms = number();
        part.commit_ms = maybe(number());
        part.rows = maybe(whole<std::int64_t>());
        part.wal_bytes = maybe(whole<std::int64_t>());
        part.temp_bytes = whole<std::int64_t>();
        part.evidence = word(kEvidence);
        part.wrapped = flag();
        part.gave_up = flag();
        part.locks = list<LockPart>([&] { return lock(); });
        part.rewrites = list<RewritePart>([&] {
            return RewritePart{text(), whole<std::int64_t>(), whole<std::int64_t>()};
        });
        part.index_builds = list<IndexBuildPart>([&] {
            return IndexBuildPart{text(), text(), number(), flag()};
        });
        part.notices = list<NoticePart>([&] { return NoticePart{text(), text(), text()}; });
        return part;
    }
    BlockingPart blocking() {
        return {text(),
                word(kModes),
                word(kBlocks),
                number(),
                whole<std::size_t>(),
                list<std::size_t>([&] { return whole<std::size_t>(); }),
                word(kEvidence),
                text(),
                whole<std::size_t>()};
    }
    FindingPart finding() {
        static const Texts kSeverities = {"info", "warning", "danger"};
        return {text(),
                word(kSeverities),
                maybe(whole<std::size_t>()),
                maybe(whole<int>()),
                maybe(text()),
                text(),
                text(),
                word(kEvidence),
                flag() ? "" : text()};
    }
    MigrationPart migration() {
        MigrationPart part;
        part.version = text();
        part.name = text();
        part.path = text();
        part.tool = text();
        part.transaction_mode = text();
        part.in_change = flag();
        part.label = random.pick(kLabels);
        part.elapsed_ms = number();
        part.because = text();
        if (flag()) part.error = error();
        part.statements = list<StatementPart>([&] { return statement(); });
        part.blocking = list<BlockingPart>([&] { return blocking(); });
        part.findings = list<FindingPart>([&] { return finding(); });
        return part;
    }
    Report report() {
        Report report;
        report.tool_version = text();
        report.run_id = text();
        report.started_at = text();
        report.finished_at = text();
        report.label = random.pick(kLabels);
        report.snapshot = {text(), text(), text(), text(), number(), text(), whole<std::uint64_t>(),
                           text()};
        report.scratch.engine = text();
        report.scratch.image = text();
        report.scratch.server_version = text();
        for (auto i = random.below(3); i > 0; --i) report.scratch.settings[text()] = text();
        report.scratch.base = {text(), flag(), number(), number(), number(), text()};
        report.noisy_ms = number();
        report.rethink_ms = number();
        report.sampler = {number(), whole<std::uint64_t>(), number(), number(), number()};
        report.warnings = list<std::string>([&] { return text(); });
        report.migrations = list<MigrationPart>([&] { return migration(); });
        return report;
    }
};

TEST(ReportProperty, SurvivesJsonAndBack) {
    Random random;
    SCOPED_TRACE(random.seed_text());
    for (int i = 0; i < kReports; ++i) {
        const auto report = Make{random}.report();
        const auto json = render_json(report);
        const auto back = parse_json(json);
        ASSERT_EQ(back, report) << json;
        ASSERT_EQ(render_json(back), json);
    }
}

bool is_clean(const std::string& text) {
    return !first_invalid_utf8(text) && std::all_of(text.begin(), text.end(), [](char c) {
        return c == '\n' || (static_cast<unsigned char>(c) >= 0x20 && c != 0x7f);
    });
}

void expect_drawn(const Report& report, Random& random) {
    const bool mask = random.below(2) == 0;
    ASSERT_TRUE(is_clean(render_terminal(report, {false, static_cast<int>(random.below(200))})));
    const std::size_t limit = 3'000 + random.below(60'000);
    const auto markdown = render_markdown(report, {mask, limit});
    ASSERT_LE(markdown.size(), limit);
    ASSERT_FALSE(first_invalid_utf8(markdown));
    const auto page = render_html(report, {mask, {}});
    ASSERT_FALSE(first_invalid_utf8(page));
    ASSERT_EQ(page.find("<b>"), std::string::npos);
    ASSERT_FALSE(first_invalid_utf8(render_sarif(report, mask)));
    ASSERT_TRUE(is_clean(render_junit(report, {mask, verdict::FailOn::noisy})));
}

TEST(ReportProperty, IsDrawnWhateverIsInIt) {
    Random random;
    SCOPED_TRACE(random.seed_text());
    for (int i = 0; i < kReports; ++i) {
        ASSERT_NO_FATAL_FAILURE(expect_drawn(Make{random, true}.report(), random));
    }
}

// One value of the text is another one.
std::string with_an_odd_value(const std::string& json, Random& random) {
    static const Texts kOdd = {
        "null",           "true",     "-1",     "1e999",      "-1e300",
        "5e-324",         "1e15",     "1.5",    "[]",         "{}",
        "[[{}]]",         "\"\"",     "[",      "}",          "9007199254740993",
        "\"\\u001b[2J\"", "\"\xff\"", "\"ok\"", "[{}, [{}]]", "{\"0\": {}}"};
    auto lines = split_lines(json);
    auto& line = lines[random.below(lines.size())];
    const auto name_end = line.find("\": ");
    const auto from = name_end == std::string::npos ? line.find_first_not_of(' ') : name_end + 3;
    const auto comma = line.ends_with(",") ? "," : "";
    line = line.substr(0, from) + random.pick(kOdd) + comma;
    return join(lines, "\n");
}

TEST(ReportProperty, ATextWithAnOddValueIsDrawnOrRefused) {
    Random random;
    SCOPED_TRACE(random.seed_text());
    int drawn = 0;
    for (int i = 0; i < kReports; ++i) {
        const auto json = render_json(Make{random}.report());
        for (int odd = 0; odd < 5; ++odd) {
            const auto text = with_an_odd_value(json, random);
            SCOPED_TRACE(text);
            Report report;
            try {
                report = parse_json(text);
            } catch (const Error& error) {
                ASSERT_EQ(error.kind(), ErrorKind::usage);
                ASSERT_TRUE(is_clean(error.message()));
                continue;
            }
            ++drawn;
            ASSERT_NO_FATAL_FAILURE(expect_drawn(report, random));
        }
    }
    EXPECT_GT(drawn, 0);
}

}  // namespace
}  // namespace rehearse::report
