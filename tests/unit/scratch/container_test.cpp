#include "rehearse/base/error.hpp"
#include "rehearse/base/text.hpp"

#include "fake_engine.hpp"
#include "scratch/container_client.hpp"

#include <gmock/gmock.h>

namespace rehearse::scratch {
namespace {

using testing::Contains;
using testing::HasSubstr;

class Containers : public FakeMachine {
  protected:
    Error error_of(int wanted = 150003) {
        try {
            make(EngineKind::docker, wanted);
        } catch (const Error& error) {
            return error;
        }
        return Error(ErrorKind::internal, "no error");
    }
};

TEST_F(Containers, AnEngineWeMayNotUseSaysHowToBeLetIn) {
    install("docker");
    processes_.when("docker", {"info"})
        .complains("permission denied while trying to connect to the Docker daemon socket\n")
        .exits(1);
    EXPECT_THAT(error_of().hints().front(), HasSubstr("usermod --append --groups docker"));
}

TEST_F(Containers, AnEngineThatHangsDoesNotAnswer) {
    install("docker");
    processes_.when("docker", {"info"}).times_out();
    EXPECT_EQ(error_of().message(), "docker is installed but does not answer");
}

TEST_F(Containers, AFailedPullSaysWhatWentWrong) {
    install_docker();
    processes_.when("docker", {"image", "inspect"}).exits(1);
    processes_.when("docker", {"pull"})
        .complains("\nmanifest for postgres:15 not found\n")
        .exits(1);
    const Error error = error_of();
    EXPECT_EQ(error.message(),
              "the image postgres:15 is not here and cannot be pulled: manifest for postgres:15 "
              "not found");
    EXPECT_THAT(error.hints(), Contains(HasSubstr("--engine local")));
}

TEST_F(Containers, LimitsAreLoweredWhereTheEngineMayNotRaiseThem) {
    install_docker();
    add_image("docker", "postgres:15", "15.18");
    processes_.when("docker", {"run", "postgres:15", "--version"})
        .complains("runc create failed: error setting rlimit type 7: operation not permitted\n")
        .exits(125);
    processes_.when("docker", {"rm", "--force", "rehearse-7f3a-helper"});
    // With our own hard limit it runs.
    processes_.when("docker", {"run", "--ulimit", "postgres:15", "--version"})
        .prints("postgres (PostgreSQL) 15.18\n");
    EXPECT_EQ(make(EngineKind::docker, 150003)->server_version().number, 150018);
}

TEST_F(Containers, AVolumeThatCannotBeInitialisedIsRemoved) {
    install_docker();
    add_image("docker", "postgres:15", "15.18");
    processes_.when("docker", {"volume", "create"});
    processes_.when("docker", {"run", "install"});
    processes_.when("docker", {"run", "initdb"}).complains("no space left on device\n").exits(1);
    processes_.when("docker", {"rm", "rehearse-7f3a-helper"});
    processes_.when("docker", {"volume", "rm", "--force", "rehearse-7f3a-data"});
    const auto engine = make(EngineKind::docker, 150003);
    try {
        engine->create_volume();
        FAIL() << "no error";
    } catch (const Error& error) {
        EXPECT_EQ(error.message(), "cannot initialise a database (docker)");
        EXPECT_THAT(error.output_tail(), Contains("no space left on device"));
    }
    EXPECT_THAT(processes_.command_lines().back(),
                HasSubstr("volume rm --force rehearse-7f3a-data"));
    EXPECT_TRUE(processes_.calls().back().cleaning_up);
}

TEST_F(Containers, OnlyOurOwnVolumesAreRemoved) {
    install_docker();
    add_image("docker", "postgres:15", "15.18");
    const auto engine = make(EngineKind::docker, 150003);
    EXPECT_THROW(engine->remove_volume({"somebody-elses", {}}), Error);
    EXPECT_THROW(engine->remove_volume({"rehearse-7f3b-data", {}}), Error);
}

TEST_F(Containers, EveryContainerIsLabelledAndWithoutNetwork) {
    install_docker();
    add_image("docker", "postgres:15", "15.18");
    make(EngineKind::docker, 150003);
    const std::string line = processes_.command_lines().back();
    for (const char* part :
         {"--network none", "--pull never", "--label rehearse.run=7f3a", "--label rehearse.folder=",
          "--label rehearse.host=", "rehearse.owner=", "--name rehearse-7f3a-helper"}) {
        EXPECT_THAT(line, HasSubstr(part));
    }
}

TEST(MountField, IsQuotedAsCsv) {
    EXPECT_EQ(mount_field("source", "/plain path"), "source=/plain path");
    EXPECT_EQ(mount_field("source", "/a,b"), "\"source=/a,b\"");
    EXPECT_EQ(mount_field("source", "/a\"b"), "\"source=/a\"\"b\"");
}

}  // namespace
}  // namespace rehearse::scratch
