#include "scratch/server_binaries.hpp"

#include "rehearse/base/error.hpp"
#include "rehearse/base/files.hpp"

#include "support/fake_processes.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <cstdlib>

namespace rehearse::scratch {
namespace {

using testing::HasSubstr;

ServerBinaries server(int version) {
    return {"/usr/lib/postgresql/" + std::to_string(version / 10000) + "/bin", {version}};
}

// Newest first, as find_server_binaries gives them.
const std::vector<ServerBinaries> kFound{server(170002), server(150018), server(130020)};

TEST(ServerBinaries, TheSnapshotsMajorElseTheNextNewer) {
    const std::vector<std::pair<int, int>> cases{
        {130000, 130020}, {140005, 150018}, {150003, 150018},
        {160000, 170002}, {170000, 170002}, {0, 170002},
    };
    for (const auto& [wanted, expected] : cases) {
        EXPECT_EQ(choose_server(kFound, {wanted}).version.number, expected) << wanted;
    }
}

TEST(ServerBinaries, NothingNewEnoughSaysWhatIsThereAndHowToGetIt) {
    try {
        choose_server(kFound, {180001});
        FAIL() << "no error";
    } catch (const Error& error) {
        EXPECT_EQ(error.kind(), ErrorKind::scratch);
        EXPECT_EQ(error.message(),
                  "no PostgreSQL server of version 18 or newer is installed; the newest is 17.2 in "
                  "/usr/lib/postgresql/17/bin");
        EXPECT_EQ(error.hints().front(), "Install it: apt install postgresql-18");
    }
    try {
        choose_server({}, {0});
        FAIL() << "no error";
    } catch (const Error& error) {
        EXPECT_EQ(error.message(), "no PostgreSQL server is installed");
        EXPECT_EQ(error.hints().front(), "Install it: apt install postgresql");
    }
}

TEST(ServerBinaries, TheNamedFolderAloneCounts) {
    const TempDir folder(default_temp_folder(), "rehearse-bindir-test-" + std::to_string(getpid()));
    for (const char* name : {"postgres", "initdb"}) {
        write_file_atomically(folder.path() / name, "#!/bin/sh\n");
        fs::permissions(folder.path() / name, fs::perms::owner_all);
    }
    test::FakeProcesses processes;
    processes.when("postgres", {"--version"})
        .prints("postgres (PostgreSQL) 16.4 (Debian 16.4-1)\n");
    setenv("REHEARSE_PG_BINDIR", folder.path().c_str(), 1);
    const auto found = find_server_binaries(processes);
    unsetenv("REHEARSE_PG_BINDIR");
    ASSERT_EQ(found.size(), 1U);
    EXPECT_EQ(found[0].version.number, 160004);
    EXPECT_EQ(found[0].folder, fs::canonical(folder.path()));
}

}  // namespace
}  // namespace rehearse::scratch
