#include "e2e/bad_input.hpp"

#include <unistd.h>

namespace rehearse::test {

namespace {

struct BadReport {
    std::string name;
    Args says;
    std::function<std::string(BadInputTest&)> arrange;  // returns the report's path
};

// Root may read everything, unless it is without the capabilities for that.
void run_as_a_user_would(BadInputTest& test) {
    if (geteuid() != 0) return;
    const auto script = test.write("as-user",
                                   "#!/bin/sh\n"
                                   "exec setpriv --bounding-set=-dac_override,-dac_read_search " +
                                       std::string{REHEARSE_BINARY} + " \"$@\"\n");
    fs::permissions(script, fs::perms::owner_all);
    test.options.program = script;
}

const std::vector<BadReport>& bad_reports() {
    static const std::vector<BadReport> rows{
        {"OfAnotherVersion",
         {"its schema_version is 2, and this one reads 1", "while reading ", "or rehearse again."},
         [](auto& test) { return test.write("next.json", "{\"schema_version\": 2}"); }},
        {"Truncated",
         {"the text ends after 28 bytes", "while reading "},
         [](auto& test) { return test.write("cut.json", "{\"schema_version\": 1, \"tool\""); }},
        {"Empty",
         {"the text is empty", "while reading "},
         [](auto& test) { return test.write("empty.json", ""); }},
        {"Null", {"the text is empty", "while reading "}, [](auto&) { return "/dev/null"; }},
        {"OfNumbersWithoutEnd",
         {"is out of range", "while reading "},
         [](auto& test) { return test.write("large.json", "{\"schema_version\": 1e999}"); }},
        {"AFolder",
         {"out is a folder", "Name the report.json in it."},
         [](auto& test) { return test.folder("out"); }},
        {"Missing", {"there is no file nowhere.json"}, [](auto&) { return "nowhere.json"; }},
        {"NotToBeRead",
         {"cannot read ", "closed.json: Permission denied"},
         [](auto& test) {
             const auto file = test.write("closed.json", "{}");
             fs::permissions(file, fs::perms::none);
             run_as_a_user_would(test);
             return file;
         }},
        {"InAClosedFolder",
         {"cannot read ", "report.json: Permission denied"},
         [](auto& test) {
             const auto file = test.write("closed/report.json", "{}");
             fs::permissions(file.parent_path(), fs::perms::none);
             run_as_a_user_would(test);
             return file;
         }},
        {"WithTooLongAName",
         {"cannot read ", "File name too long"},
         [](auto&) { return std::string(300, 'x'); }},
    };
    return rows;
}

// To both commands that read one.
std::vector<BadInput> reports() {
    const std::pair<const char*, Args> commands[] = {{"ToDraw", {"report"}},
                                                     {"ToPublish", {"publish", "github"}}};
    std::vector<BadInput> rows;
    for (const auto& bad : bad_reports()) {
        for (const auto& [name, command] : commands) {
            rows.push_back(
                {bad.name + name, 2, bad.says, [&bad, command = command](BadInputTest& test) {
                     return command + Args{bad.arrange(test)};
                 }});
        }
    }
    return rows;
}

}  // namespace

INSTANTIATE_TEST_SUITE_P(Report, BadInputTest, ::testing::ValuesIn(reports()), name_of);

}  // namespace rehearse::test
