#include "rehearse/process/process.hpp"

#include "e2e/rehearse_test.hpp"
#include "support/docker_over_tcp.hpp"

#include <optional>

namespace rehearse::test {

namespace {

using nlohmann::json;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;

process::ProcessResult in_shell(const std::string& command) {
    process::ProcessSpec spec;
    spec.program = "sh";
    spec.args = {"-c", command};
    return process::make_process_runner()->run(spec);
}

std::string line_after(const std::string& text, const std::string& before) {
    const auto begin = text.find(before) + before.size();
    return text.substr(begin, text.find('\n', begin) - begin);
}

// A docker engine that is told by a TCP address.
class DockerElsewhere : public RehearseTest {
  protected:
    void SetUp() override {
        RehearseTest::SetUp();
        if (IsSkipped() || HasFatalFailure()) return;
        if (const std::string why = DockerOverTcp::why_not_here(); !why.empty()) {
            REHEARSE_SKIP_OR_FAIL(why);
        }
        engine_.emplace();
    }

    std::optional<DockerOverTcp> engine_;
};

}  // namespace

TEST_F(DockerElsewhere, AWholeRehearsalKeptAndRemovedAsPrinted) {
    migration("1.sql", "ALTER TABLE users ADD COLUMN a int;\n");
    migration("2.sql", "CREATE TABLE made_here AS SELECT 42 AS answer;\n");
    migration("3.sql", "ALTER TABLE users ADD COLUMN a int;\n");
    const auto& run = rehearse_on(snapshot("shop.dump"), {"--tool", "plain", "--keep-scratch",
                                                          "--format", "json", "--out", "out"});
    EXPECT_EQ(run.exit_code, 1);
    expect_stderr_only(
        run, {"the engine is on another host (" + engine_->url() + ")",
              "copying shop.dump to " + engine_->url(), "; connect: PGPASSFILE=", "remove it: "});
    const auto report = json::parse(run.out);
    EXPECT_THAT(labels_of(report), ElementsAre("ok", "ok", "failed"));
    EXPECT_EQ(report["scratch"]["engine"], "docker");
    EXPECT_EQ(report["migrations"][0]["statements"][0]["locks"][0]["evidence"], "exact");

    const std::string connect = line_after(run.err, "; connect: ");
    const auto answer =
        in_shell(connect + " --tuples-only --command='SELECT answer FROM made_here'");
    EXPECT_THAT(answer.out, HasSubstr("42")) << connect << "\n" << answer.err;

    const fs::path folder = sandbox_.temp() / ("rehearse-" + *sandbox_.run_ids().begin());
    const std::string entry = read_file(folder / "pgpass");
    const std::string password = entry.substr(entry.rfind(':') + 1, 48);
    EXPECT_THAT(run.out + run.err, Not(HasSubstr(password)));
    for (const auto& file : fs::directory_iterator(sandbox_.work() / "out")) {
        EXPECT_THAT(read_file(file.path()), Not(HasSubstr(password))) << file.path();
    }

    const auto removed = in_shell(line_after(run.err, "remove it: "));
    EXPECT_EQ(removed.exit_code, 0) << removed.err;
    // TearDown finds what the printed command forgot.
}

TEST_F(DockerElsewhere, AFolderIsCopiedAndNothingIsLeft) {
    migration("1.sql", "ALTER TABLE users ADD COLUMN a int;\n");
    const auto& run = rehearse_on(snapshot("shop.dir"), {"--tool", "plain"});
    EXPECT_EQ(run.exit_code, 0) << run.err;
    expect_stderr_only(run, {"the engine is on another host (", "copying shop.dir to "});
}

TEST_F(DockerElsewhere, DoctorSaysWhereItIs) {
    EXPECT_THAT(run_rehearse({"doctor"}).out,
                HasSubstr(" on another host (" + engine_->url() + "), images: "));
}

}  // namespace rehearse::test
