#include "rehearse/base/text.hpp"

#include "fake_engine.hpp"
#include "scratch/names.hpp"
#include "scratch/owner.hpp"

#include <gmock/gmock.h>

namespace rehearse::scratch {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

class Sweep : public FakeMachine {
  protected:
    fs::path make_run(const std::string& id, bool with_lock = true) {
        const fs::path folder = folder_.path() / ("rehearse-" + id);
        make_private_folder(folder / "data");
        write_file_atomically(folder / "data" / "rows", "of production");
        if (with_lock) write_file_atomically(folder / kLockFile, "");
        return folder;
    }
    std::vector<std::string> run_sweep() { return sweep(folder_.path(), processes_); }

    void have_containers(const std::string& names) {
        install("docker");
        processes_.when("docker", {"volume", "ls"});
        processes_.when("docker", {"ps"}).prints(names);
    }
    void label(const std::string& kind, const std::string& name, const std::string& run,
               const fs::path& folder, const std::string& host,
               const std::string& owner = owner_mark()) {
        processes_.when("docker", {kind, "inspect", name})
            .prints(run + "\t" + folder.string() + "\t" + host + "\t" + owner + "\n");
    }
};

TEST_F(Sweep, AFolderWhoseLockIsFreeGoes) {
    const fs::path folder = make_run("dead");
    EXPECT_THAT(run_sweep(), ElementsAre("folder " + folder.string()));
    EXPECT_FALSE(fs::exists(folder));
}

TEST_F(Sweep, ARunThatHoldsItsLockStays) {
    const fs::path folder = make_run("alive");
    const auto lock = FileLock::try_lock(folder / kLockFile);
    EXPECT_THAT(run_sweep(), IsEmpty());
    EXPECT_TRUE(fs::exists(folder / "data" / "rows"));
}

TEST_F(Sweep, AKeptScratchStays) {
    const fs::path folder = make_run("kept");
    write_file_atomically(folder / kKeptFile, "kept\n");
    EXPECT_THAT(run_sweep(), IsEmpty());
    EXPECT_TRUE(fs::exists(folder));
}

TEST_F(Sweep, WhatHasNoLockOrAnotherNameIsNotOurs) {
    const fs::path no_lock = make_run("no-lock", false);
    const fs::path other = folder_.path() / "important";
    make_private_folder(other);
    write_file_atomically(other / kLockFile, "");
    const fs::path link = folder_.path() / "rehearse-link";
    fs::create_directory_symlink(other, link);
    EXPECT_THAT(run_sweep(), IsEmpty());
    EXPECT_TRUE(fs::exists(no_lock));
    EXPECT_TRUE(fs::exists(other));
    EXPECT_TRUE(fs::exists(link));
}

TEST_F(Sweep, ContainersAndVolumesOfADeadRunGo) {
    const fs::path folder = make_run("dead");
    have_containers("rehearse-dead\n");
    processes_.when("docker", {"volume", "ls"}).prints("rehearse-dead-data\n");
    label("container", "rehearse-dead", "dead", folder, host_mark());
    label("volume", "rehearse-dead-data", "dead", folder, host_mark());
    processes_.when("docker", {"rm", "rehearse-dead"});
    processes_.when("docker", {"volume", "rm", "rehearse-dead-data"});
    EXPECT_THAT(run_sweep(),
                ElementsAre("docker container rehearse-dead", "docker volume rehearse-dead-data",
                            "folder " + folder.string()));
}

// An unexpected `docker rm` fails these: the fake was told of none.
TEST_F(Sweep, AContainerStaysUnlessNameLabelHostAndLockAgree) {
    const fs::path alive = make_run("alive");
    const auto lock = FileLock::try_lock(alive / kLockFile);
    have_containers("rehearse-alive\nrehearse-elsewhere\nbusiness\nrehearse-nofolder\n");
    label("container", "rehearse-alive", "alive", alive, host_mark());
    label("container", "rehearse-elsewhere", "elsewhere", "/tmp/rehearse-elsewhere",
          "another-host");
    label("container", "business", "dead", "/tmp/rehearse-dead", host_mark());
    label("container", "rehearse-nofolder", "nofolder", "", host_mark());
    EXPECT_THAT(run_sweep(), IsEmpty());
}

// As of a service with a /tmp of its own.
TEST_F(Sweep, WhereTheFolderCannotBeSeenTheProcessDecides) {
    const fs::path hidden = folder_.path() / "rehearse-hidden";
    const fs::path gone = folder_.path() / "rehearse-gone";
    have_containers("rehearse-hidden\nrehearse-gone\n");
    label("container", "rehearse-hidden", "hidden", hidden, host_mark());
    label("container", "rehearse-gone", "gone", gone, host_mark(), owner_mark() + "0");
    processes_.when("docker", {"rm", "rehearse-gone"});
    EXPECT_THAT(run_sweep(), ElementsAre("docker container rehearse-gone"));
}

TEST(Owner, IsGoneOnlyWhereThatIsCertain) {
    const std::string mark = owner_mark();
    const auto fields = split(mark, '/');
    ASSERT_EQ(fields.size(), 4U) << mark;
    const auto with = [&](std::size_t field, const std::string& text) {
        auto other = fields;
        other[field] = text;
        return other[0] + "/" + other[1] + "/" + other[2] + "/" + other[3];
    };
    EXPECT_FALSE(is_owner_gone(mark));
    EXPECT_TRUE(is_owner_gone(with(0, "another-boot")));
    EXPECT_FALSE(is_owner_gone(with(1, "pid:[1]"))) << "its processes cannot be seen from here";
    EXPECT_TRUE(is_owner_gone(with(2, "99999999")));
    EXPECT_TRUE(is_owner_gone(with(3, "1"))) << "the id was given to another process";
    EXPECT_FALSE(is_owner_gone("")) << "not ours to judge";
}

TEST_F(Sweep, AnEngineThatDoesNotAnswerIsPassedOver) {
    const fs::path folder = make_run("dead");
    install("docker");
    processes_.when("docker").complains("Cannot connect\n").exits(1);
    EXPECT_THAT(run_sweep(), ElementsAre("folder " + folder.string()));
}

// The fake was told of nothing that docker could be asked.
TEST_F(Sweep, NobodyIsAskedOverSsh) {
    install("docker");
    setenv("DOCKER_HOST", "ssh://build.example", 1);
    EXPECT_THAT(run_sweep(), IsEmpty());
}

}  // namespace
}  // namespace rehearse::scratch
