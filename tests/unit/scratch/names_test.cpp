#include "scratch/names.hpp"

#include "rehearse/base/error.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace rehearse::scratch {
namespace {

TEST(ScratchNames, SayTheRunAndTheKind) {
    EXPECT_EQ(object_name("7f3a"), "rehearse-7f3a");
    EXPECT_EQ(object_name("7f3a", {}, 2), "rehearse-7f3a-2");
    EXPECT_EQ(object_name("7f3a", "data"), "rehearse-7f3a-data");
    EXPECT_EQ(object_name("7f3a", "data", 2), "rehearse-7f3a-data2");
}

TEST(ScratchNames, AnotherRunsObjectsAreNotOurs) {
    EXPECT_TRUE(belongs_to_run("rehearse-7f3a", "7f3a"));
    EXPECT_TRUE(belongs_to_run("rehearse-7f3a-data2", "7f3a"));
    EXPECT_FALSE(belongs_to_run("rehearse-7f3ab", "7f3a"));
    EXPECT_FALSE(belongs_to_run("other-rehearse-7f3a", "7f3a"));
    EXPECT_FALSE(belongs_to_run("rehearse-", ""));
    EXPECT_FALSE(belongs_to_run("rehearse--data", ""));
}

TEST(ScratchNames, ASocketPathHasAtMost107Bytes) {
    const std::string ending = "/.s.PGSQL.5432";
    EXPECT_NO_THROW(check_socket_path(std::string(107 - ending.size(), 'x')));
    EXPECT_THROW(check_socket_path(std::string(108 - ending.size(), 'x')), Error);
}

}  // namespace
}  // namespace rehearse::scratch
