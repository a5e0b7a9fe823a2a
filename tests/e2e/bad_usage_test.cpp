#include "e2e/bad_input.hpp"

namespace rehearse::test {

namespace {

const std::vector<BadInput>& usage() {
    static const std::vector<BadInput> rows{
        {"NoisyOverRethink",
         2,
         {"--noisy 10 min", "--rethink 5 min"},
         [](auto& test) {
             return test.rehearsal_with("2.sql", "SELECT 1;\n") + Args{"--noisy", "10min"};
         }},
        {"NoisyOverTheReportsRethink",
         2,
         {"--noisy 10 min", "--rethink 5 min"},
         [](auto&) {
             return Args{"report", REHEARSE_SOURCE_DIR "/tests/unit/report/golden/demo/report.json",
                         "--noisy", "10min"};
         }},
        {"AFileForOut",
         2,
         {"occupied"},
         [](auto& test) {
             test.write("occupied", "");
             return test.rehearsal_with("2.sql", "SELECT 1;\n") + Args{"--out", "occupied"};
         }},
        {"AReportThatIsNone",
         2,
         {"other.json"},
         [](auto& test) {
             return Args{"report", test.write("other.json", "{\"schema_version\": 1}")};
         }},
        {"ASlipInACommandOfSnapshot",
         2,
         {"unknown command or argument 'lits'", "Did you mean 'list'?"},
         [](auto&) {
             return Args{"snapshot", "lits"};
         }},
    };
    return rows;
}

}  // namespace

INSTANTIATE_TEST_SUITE_P(Usage, BadInputTest, ::testing::ValuesIn(usage()), name_of);

}  // namespace rehearse::test
