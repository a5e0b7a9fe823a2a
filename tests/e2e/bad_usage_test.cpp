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
        {"AnOptionThatPublishDoesNotTake",
         2,
         {"'rehearse publish github' takes no --snapshot", "'rehearse publish github --help'"},
         [](auto&) {
             return Args{"publish", "github", "--snapshot=latest", "--fail-on", "noisy"};
         }},
        {"AnOptionThatPruneDoesNotTake",
         2,
         {"'rehearse snapshot prune' takes no --only"},
         [](auto&) { return Args{"--only", "7", "snapshot", "prune", "--keep", "3"}; }},
        {"ATakeThatWouldWaitForEver",
         2,
         {"--lock-wait-timeout must be more than 0"},
         [](auto&) {
             return Args{"snapshot", "take", "--from", "dbname=x", "--lock-wait-timeout", "0s"};
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
