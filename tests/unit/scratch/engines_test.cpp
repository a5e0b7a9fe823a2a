#include "rehearse/base/error.hpp"

#include "fake_engine.hpp"

#include <gmock/gmock.h>

namespace rehearse::scratch {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;

class Engines : public FakeMachine {};

TEST_F(Engines, AreNamedOnTheCommandLine) {
    EXPECT_EQ(engine_kind_from("auto"), EngineKind::automatic);
    EXPECT_EQ(engine_kind_from("local"), EngineKind::local);
    EXPECT_EQ(engine_kind_from("docker"), EngineKind::docker);
    EXPECT_EQ(engine_kind_from("podman"), EngineKind::podman);
    EXPECT_EQ(engine_kind_from("kubernetes"), std::nullopt);
}

TEST_F(Engines, AutomaticPrefersTheEngineThatHasTheImage) {
    install_docker();
    processes_.when("docker", {"image", "inspect"}).exits(1);
    install_podman();
    add_image("podman", "postgres:15", "15.18");
    EXPECT_EQ(make(EngineKind::automatic, 150003)->name(), "podman");
    EXPECT_THAT(notes_.all, ElementsAre("engine: podman with postgres:15"));
}

TEST_F(Engines, AutomaticPullsWhereItMay) {
    install_docker();
    add_image("docker", "postgres:15", "15.18");
    processes_.when("docker", {"image", "inspect"}).exits(1);
    processes_.when("docker", {"pull", "postgres:15"}).prints("15: Pulling\nDone\n");
    EXPECT_EQ(make(EngineKind::automatic, 150003)->name(), "docker");
}

TEST_F(Engines, AutomaticFallsBackToThisMachineAndSaysWhy) {
    install_docker();
    processes_.when("docker", {"image", "inspect"}).exits(1);
    processes_.when("docker", {"pull"}).complains("Error: no such host\n").exits(1);
    install_local("15.18");
    EXPECT_EQ(make(EngineKind::automatic, 150003)->name(), "local");
    EXPECT_THAT(
        notes_.all,
        ElementsAre("engine: PostgreSQL 15.18 of this machine (docker: the image postgres:15 "
                    "is not here and cannot be pulled: Error: no such host)"));
}

TEST_F(Engines, AutomaticSaysThatNoContainerEngineIsThere) {
    install_local("15.18");
    make(EngineKind::automatic, 150003);
    EXPECT_THAT(
        notes_.all,
        ElementsAre("engine: PostgreSQL 15.18 of this machine (docker, podman: not installed)"));
}

TEST_F(Engines, NoEngineAtAllIsAnErrorWithEachReason) {
    try {
        make(EngineKind::automatic, 150003);
        FAIL() << "no error";
    } catch (const Error& error) {
        EXPECT_EQ(error.kind(), ErrorKind::scratch);
        EXPECT_THAT(error.message(), AllOf(HasSubstr("docker, podman: not installed"),
                                           HasSubstr("local: no PostgreSQL server of version 15")));
        EXPECT_THAT(error.hints(), testing::Contains(HasSubstr("apt install postgresql-15")));
        EXPECT_THAT(error.hints().back(), HasSubstr("rehearse doctor"));
    }
}

TEST_F(Engines, ANamedEngineThatIsNotInstalledIsAnError) {
    try {
        processes_.when("docker").is_missing();
        make(EngineKind::docker, 150003);
        FAIL() << "no error";
    } catch (const Error& error) {
        EXPECT_THAT(error.message(), HasSubstr("docker"));
    }
}

TEST_F(Engines, ANewerServerStandsInWithAWarning) {
    install_local("17.2");
    make(EngineKind::local, 150003);
    EXPECT_THAT(notes_.all, ElementsAre(AllOf(HasSubstr("PostgreSQL 17.2 stands in for version 15"),
                                              HasSubstr("apt install postgresql-15"))));
}

TEST_F(Engines, ASystemWithoutNetworkNamespacesIsSaid) {
    install_local("15.18");
    processes_.when("true").does([](const process::ProcessSpec& spec) {
        EXPECT_TRUE(spec.isolated);
        throw Error(ErrorKind::usage,
                    "cannot cut off the network for true: Operation not permitted");
    });
    EXPECT_FALSE(make(EngineKind::local, 150003)->is_cut_off());
    EXPECT_THAT(notes_.all, ElementsAre(HasSubstr("refuses network namespaces")));
}

TEST_F(Engines, DoctorSeesWhatIsThereAndWhatIsMissing) {
    install_docker();
    processes_.when("docker", {"image", "ls"})
        .prints("postgres:15\nredis:7\nexample/postgres:17\n");
    const auto found = look_for_engines(processes_);
    ASSERT_EQ(found.size(), 3U);
    EXPECT_TRUE(found[0].usable);
    EXPECT_EQ(found[0].found, "docker 20.10.24, images: postgres:15, example/postgres:17");
    EXPECT_FALSE(found[1].usable);
    EXPECT_EQ(found[1].missing, "not installed");
    EXPECT_EQ(found[1].install_command, "apt install podman");
    EXPECT_EQ(found[2].name, "local");
    EXPECT_EQ(found[2].install_command, "apt install postgresql");
}

TEST_F(Engines, DoctorTellsHowToStartADeadEngine) {
    install("docker");
    processes_.when("docker", {"info"}).complains("Cannot connect to the Docker daemon\n").exits(1);
    install_local("15.18");
    const auto found = look_for_engines(processes_);
    EXPECT_EQ(found[0].missing, "docker is installed but does not answer");
    EXPECT_EQ(found[0].install_command, "sudo systemctl start docker");
    EXPECT_TRUE(found[2].usable);
    EXPECT_THAT(found[2].found, testing::StartsWith("PostgreSQL 15.18 in "));
}

}  // namespace
}  // namespace rehearse::scratch
