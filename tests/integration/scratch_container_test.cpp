#include "rehearse/base/error.hpp"
#include "rehearse/pg/admin_session.hpp"

#include "integration/scratch_contract.hpp"

#include <gmock/gmock.h>

#include <cstdlib>

namespace rehearse::scratch::test {
namespace {

using rehearse::test::DockerOverTcp;
using testing::HasSubstr;

std::vector<EngineCase> cases() {
    std::vector<EngineCase> all;
    for (const int major : {15, 17}) {
        const std::string version = std::to_string(major);
        const std::string image = "rehearse-test/postgres:" + version;
        all.push_back({"docker" + version, EngineKind::docker, major, image});
        if (std::getenv("REHEARSE_TEST_PODMAN") != nullptr) {
            all.push_back({"podman" + version, EngineKind::podman, major, "localhost/" + image});
        }
    }
    all.push_back(
        {"elsewhere17", EngineKind::docker, 17, "rehearse-test/postgres:17", /*elsewhere=*/true});
    return all;
}

INSTANTIATE_TEST_SUITE_P(Containers, ScratchContract, testing::ValuesIn(cases()),
                         [](const auto& what) { return what.param.name; });

// Each of these is an error before anything is made.
class NoContainer : public testing::Test {
  protected:
    NoContainer()
        : temp_(default_temp_folder(), "rn" + std::to_string(getpid())), run_(temp_.path(), "no") {}

    void SetUp() override {
        if (const std::string why = why_not_here(kDocker15, *runner_); !why.empty()) {
            REHEARSE_SKIP_OR_FAIL(why);
        }
    }

    void TearDown() override {
        EXPECT_EQ(left_overs(temp_.path(), kDocker15, run_.id(), *runner_),
                  std::vector<std::string>{run_.folder()});
    }

    Error error_of(const EngineOptions& options, int major) {
        try {
            make_engine(EngineKind::docker, pg::ServerVersion{major * 10000}, options, *runner_,
                        progress_);
        } catch (const Error& error) {
            return error;
        }
        return Error(ErrorKind::internal, "no error");
    }

    inline static const EngineCase kDocker15{"docker15", EngineKind::docker, 15,
                                             "rehearse-test/postgres:15"};
    std::unique_ptr<process::ProcessRunner> runner_ = process::make_process_runner();
    RecordingProgress progress_;
    TempDir temp_;
    ScratchRun run_;
};

TEST_F(NoContainer, TheImageIsNotHereAndMayNotBePulled) {
    EngineOptions options = run_.options(kDocker15);
    options.image = "rehearse-test/no-such-image:15";
    const Error error = error_of(options, 15);
    EXPECT_EQ(error.kind(), ErrorKind::scratch);
    EXPECT_EQ(error.message(), "the image rehearse-test/no-such-image:15 is not here");
    EXPECT_THAT(error.hints(),
                testing::ElementsAre(HasSubstr("docker pull rehearse-test/no-such-image:15"),
                                     HasSubstr("--image"), HasSubstr("--engine local")));
}

TEST_F(NoContainer, TheImageIsOlderThanTheSnapshot) {
    const Error error = error_of(run_.options(kDocker15), 17);
    EXPECT_THAT(error.message(), HasSubstr("holds PostgreSQL 15."));
    EXPECT_THAT(error.message(), HasSubstr("the snapshot is from version 17"));
    EXPECT_THAT(error.hints(), testing::ElementsAre(HasSubstr("--image postgres:17")));
}

TEST_F(NoContainer, TheImageHoldsNoServer) {
    const std::string image = "rehearse-test/empty:" + std::to_string(getpid());
    process::ProcessSpec make;
    make.program = "sh";
    make.args = {"-c", "tar -c -T /dev/null | docker import - \"$0\"", image};
    ASSERT_TRUE(runner_->run(make).ok());
    EngineOptions options = run_.options(kDocker15);
    options.image = image;
    const Error error = error_of(options, 15);
    process::ProcessSpec remove;
    remove.program = "docker";
    remove.args = {"image", "rm", image};
    EXPECT_TRUE(runner_->run(remove).ok());
    EXPECT_EQ(error.message(), "the image " + image + " runs no PostgreSQL server");
    EXPECT_THAT(error.hints(), testing::ElementsAre(HasSubstr("--image")));
}

TEST_F(NoContainer, TheEngineDoesNotAnswer) {
    setenv("DOCKER_HOST", "unix:///nonexistent/docker.sock", 1);
    const Error error = error_of(run_.options(kDocker15), 15);
    unsetenv("DOCKER_HOST");
    EXPECT_EQ(error.message(), "docker is installed but does not answer");
    EXPECT_THAT(error.hints(), testing::ElementsAre(HasSubstr("systemctl start docker"),
                                                    HasSubstr("--engine local")));
    EXPECT_FALSE(error.output_tail().empty());
}

TEST_F(NoContainer, ANewerImageStandsInWithAWarning) {
    EngineOptions options = run_.options(kDocker15);
    options.image = "rehearse-test/postgres:17";
    const auto engine =
        make_engine(EngineKind::docker, pg::ServerVersion{150000}, options, *runner_, progress_);
    EXPECT_THAT(progress_.lines, testing::ElementsAre(AllOf(HasSubstr("warn: PostgreSQL 17."),
                                                            HasSubstr("version 15"))));
}

TEST_F(NoContainer, AutomaticTakesDockerWhereTheImageIs) {
    const auto engine = make_engine(EngineKind::automatic, pg::ServerVersion{150000},
                                    run_.options(kDocker15), *runner_, progress_);
    EXPECT_EQ(engine->name(), "docker");
    EXPECT_THAT(progress_.lines,
                testing::ElementsAre("note: engine: docker with rehearse-test/postgres:15"));
}

TEST_F(NoContainer, LimitsReachTheContainer) {
    EngineOptions options = run_.options(kDocker15);
    options.memory_bytes = std::uint64_t{512} << 20;
    options.cpus = 0.5;
    RunningScratch scratch(
        make_engine(EngineKind::docker, pg::ServerVersion{150000}, options, *runner_, progress_));
    process::ProcessSpec inspect;
    inspect.program = "docker";
    inspect.args = {"inspect", "--format",
                    "{{.HostConfig.Memory}} {{.HostConfig.NanoCpus}} {{.HostConfig.ShmSize}} "
                    "{{.HostConfig.NetworkMode}} {{index .Config.Labels \"rehearse.run\"}}",
                    "rehearse-" + run_.id()};
    EXPECT_EQ(runner_->run(inspect).out, "536870912 500000000 1073741824 none " + run_.id() + "\n");
}

TEST_F(NoContainer, ThePasswordOfAServerElsewhereIsNowhere) {
    if (const std::string why = DockerOverTcp::why_not_here(); !why.empty()) {
        REHEARSE_SKIP_OR_FAIL(why);
    }
    const DockerOverTcp elsewhere;
    RunningScratch scratch(run_.make(kDocker15, *runner_, progress_));
    EXPECT_THAT(progress_.lines, testing::ElementsAre(HasSubstr(elsewhere.url())));
    pg::ConnInfo address = scratch.server().address();
    const std::string password = address.password;
    EXPECT_EQ(password.size(), 48U);
    std::string why;
    EXPECT_TRUE(pg::answers_with_marker(address, run_.id(), why)) << why;
    for (const char* wrong : {"", "guessed"}) {
        address.password = wrong;
        EXPECT_FALSE(pg::answers_with_marker(address, run_.id(), why));
        EXPECT_THAT(why, HasSubstr("password"));
    }
    process::ProcessSpec inspect;
    inspect.program = "docker";
    inspect.args = {"inspect", "rehearse-" + run_.id(), scratch.volume().name};
    EXPECT_THAT(runner_->run(inspect).out, testing::Not(HasSubstr(password)));
    for (const auto& file : fs::recursive_directory_iterator(run_.folder())) {
        if (!file.is_regular_file()) continue;
        EXPECT_THAT(read_file(file.path()), testing::Not(HasSubstr(password))) << file.path();
    }
}

}  // namespace
}  // namespace rehearse::scratch::test
