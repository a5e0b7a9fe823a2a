#include "rehearse/base/files.hpp"
#include "rehearse/report/report.hpp"

#include "report/html_assets.hpp"
#include "samples.hpp"

#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>

// Whole pages, compared with what stands in golden/<case>; story.md beside them says what a reader
// should see. REHEARSE_UPDATE_GOLDENS=1 writes them anew.
namespace rehearse::report {
namespace {

fs::path golden(const std::string& story, const std::string& file) {
    return fs::path{REHEARSE_SOURCE_DIR} / "tests/unit/report/golden" / story / file;
}

void expect_golden(const fs::path& file, const std::string& text) {
    if (const char* update = std::getenv("REHEARSE_UPDATE_GOLDENS"); update && *update == '1') {
        std::ofstream{file, std::ios::binary} << text;
    }
    ASSERT_TRUE(fs::exists(file)) << file << " is missing; REHEARSE_UPDATE_GOLDENS=1 writes it";
    EXPECT_EQ(text, read_file(file));
    EXPECT_TRUE(fs::exists(file.parent_path() / "story.md")) << "a golden needs its story";
}

struct Story {
    const char* name;
    Report (*report)();
};

class Golden : public testing::TestWithParam<Story> {};

TEST_P(Golden, Terminal) {
    expect_golden(golden(GetParam().name, "terminal.txt"),
                  render_terminal(GetParam().report(), {}));
}

TEST_P(Golden, TerminalOf200Columns) {
    expect_golden(golden(GetParam().name, "terminal-200.txt"),
                  render_terminal(GetParam().report(), {false, 200}));
}

TEST_P(Golden, Markdown) {
    expect_golden(golden(GetParam().name, "comment.md"), render_markdown(GetParam().report(), {}));
}

INSTANTIATE_TEST_SUITE_P(Reports, Golden,
                         testing::Values(Story{"demo", samples::demo},
                                         Story{"one_ok", samples::one_ok},
                                         Story{"many", [] { return samples::many(300); }},
                                         Story{"hostile", samples::hostile},
                                         Story{"nothing_pending", samples::nothing_pending}),
                         [](const testing::TestParamInfo<Story>& story) {
                             return std::string{story.param.name};
                         });

// The style and the script have files of their own, and their hashes follow from those.
std::string without_assets(std::string page) {
    for (const auto& asset :
         {std::string{style_sheet()}, std::string{script()}, style_hash(), script_hash()}) {
        const auto at = page.find(asset);
        EXPECT_NE(at, std::string::npos);
        page.erase(at, asset.size());
    }
    return page;
}

TEST(GoldenHtml, Demo) {
    expect_golden(golden("demo", "report.html"), without_assets(render_html(samples::demo(), {})));
}

TEST(GoldenJson, Demo) {
    expect_golden(golden("demo", "report.json"), render_json(samples::demo()));
}

}  // namespace
}  // namespace rehearse::report
