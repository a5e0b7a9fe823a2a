#include "scratch/server.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace rehearse::scratch {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::Not;

TEST(ScratchServer, IsMarkedAndListensOnItsSocketOnly) {
    const auto parameters = server_parameters({{"fsync", "off"}}, "/run/s1", "7f3a");
    EXPECT_THAT(parameters, Contains("listen_addresses="));
    EXPECT_THAT(parameters, Contains("unix_socket_directories=/run/s1"));
    EXPECT_THAT(parameters, Contains("rehearse.run=7f3a"));
    EXPECT_THAT(parameters, Contains("fsync=off"));
    EXPECT_EQ(parameters.front(), "-c");
}

TEST(ScratchServer, NoSettingOpensItToTheOutside) {
    const auto parameters = server_parameters(
        {{"listen_addresses", "*"}, {"unix_socket_directories", "/tmp"}, {"rehearse.run", "other"}},
        "/run/s1", "7f3a");
    EXPECT_THAT(parameters, Not(Contains("listen_addresses=*")));
    EXPECT_THAT(parameters, Not(Contains("unix_socket_directories=/tmp")));
    EXPECT_THAT(parameters, Contains("rehearse.run=7f3a"));
}

TEST(ScratchServer, AToolIsToldWhereToConnectAndWhatToRead) {
    ClientTool tool;
    tool.program = "pg_restore";
    tool.args = {"--jobs=2", "{input}", "--use-list={input}/list"};
    EXPECT_THAT(client_arguments(tool, "/run/s1", "/in"),
                ElementsAre("-h", "/run/s1", "-p", "5432", "-U", "postgres", "--jobs=2", "/in",
                            "--use-list=/in/list"));
    tool.dbname = "shop";
    EXPECT_THAT(client_arguments(tool, "/run/s1", "/in"), Contains("shop"));
}

}  // namespace
}  // namespace rehearse::scratch
