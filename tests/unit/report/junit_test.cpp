#include "rehearse/base/text.hpp"
#include "rehearse/process/process.hpp"
#include "rehearse/report/report.hpp"

#include "samples.hpp"
#include "support/skip.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace rehearse::report {
namespace {

// Reads JUnit's XML from stdin as a host would; prints the suites and cases that it found.
constexpr const char* kRead = R"(
import sys, xml.etree.ElementTree as tree
for suite in tree.fromstring(sys.stdin.buffer.read()):
    print(suite.get("name"), suite.get("tests"), suite.get("failures"), suite.get("skipped"))
    for case in suite:
        print(" ", case.get("name").split()[0], " ".join(c.tag for c in case), case[0].get("type") or "")
)";

std::vector<std::string> read_by_python(const std::string& xml) {
    process::ProcessSpec spec;
    spec.program = "python3";
    spec.args = {"-c", kRead};
    spec.stdin_text = xml;
    const auto result = process::make_process_runner()->run(spec);
    EXPECT_TRUE(result.ok()) << result.err;
    auto lines = split_lines(result.out);
    for (auto& line : lines)
        if (!line.empty() && line.back() == ' ') line.pop_back();
    return lines;
}

TEST(Junit, HasACaseForEveryMigration) {
    if (!process::find_program("python3")) REHEARSE_SKIP_OR_FAIL("no python3");
    const auto lines = read_by_python(render_junit(samples::demo(), {}));
    EXPECT_EQ(lines,
              (std::vector<std::string>{
                  "migrations 6 2 1", "  0041 system-out", "  0042 system-out", "  0043 system-out",
                  "  0044 failure rethink", "  0045 failure failed", "  0046 skipped"}));
}

TEST(Junit, FailsFromTheLabelThatFailsTheRun) {
    const struct {
        verdict::FailOn fail_on;
        const char* failures;
    } cases[] = {{verdict::FailOn::noisy, "failures=\"3\""},
                 {verdict::FailOn::rethink, "failures=\"2\""},
                 {verdict::FailOn::failed, "failures=\"1\""},
                 {verdict::FailOn::never, "failures=\"0\""}};
    for (const auto& [fail_on, failures] : cases) {
        EXPECT_NE(render_junit(samples::demo(), {false, fail_on}).find(failures), std::string::npos)
            << failures;
    }
}

TEST(Junit, HostileTextIsStillXml) {
    if (!process::find_program("python3")) REHEARSE_SKIP_OR_FAIL("no python3");
    auto report = samples::hostile();
    for (const char* name : {"]]>", "\"'&<>", "\x01\x1b[31m", "\xef\xbf\xbe", "\xc3\x28"}) {
        report.migrations.push_back(report.migrations.front());
        report.migrations.back().name = name;
    }
    EXPECT_EQ(read_by_python(render_junit(report, {})).size(), 1 + report.migrations.size());
}

TEST(Junit, ShowsNoRowValues) {
    const auto xml = render_junit(samples::hostile(), {});
    EXPECT_EQ(xml.find("ada@example.org"), std::string::npos);
}

TEST(Junit, MasksWhatTheServerQuotesOfALiteral) {
    auto report = samples::demo();
    report.migrations[4].error->sqlstate = "42601";
    report.migrations[4].because = "42601 at line 4: syntax error at or near \"'secret'\"";
    EXPECT_NE(render_junit(report, {}).find("secret"), std::string::npos);
    const auto masked = render_junit(report, {.mask_literals = true});
    EXPECT_EQ(masked.find("secret"), std::string::npos);
    EXPECT_NE(masked.find("failed: 42601 at line 4"), std::string::npos);
}

TEST(Junit, CatchUpIsASuiteOfItsOwn) {
    const auto xml = render_junit(samples::many(60), {});
    EXPECT_NE(xml.find("name=\"migrations\" tests=\"40\""), std::string::npos);
    EXPECT_NE(xml.find("name=\"catch-up\" tests=\"20\""), std::string::npos);
}

TEST(Junit, NothingPendingIsAnEmptyList) {
    EXPECT_EQ(render_junit(samples::nothing_pending(), {}),
              "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites name=\"rehearse\">\n"
              "</testsuites>\n");
}

}  // namespace
}  // namespace rehearse::report
