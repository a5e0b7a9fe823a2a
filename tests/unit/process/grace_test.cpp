// Apart from the unit tests, which take less than two seconds altogether: the grace after SIGTERM
// is two.

#include "rehearse/process/process.hpp"

#include <gtest/gtest.h>

#include <csignal>

namespace rehearse::process {
namespace {

TEST(ProcessGrace, AProgramThatIgnoresSigtermIsKilledAfterTwoSeconds) {
    ProcessSpec spec;
    spec.program = "sh";
    spec.args = {"-c", "trap '' TERM; echo up; exec sleep 600"};
    spec.timeout = Millis(100);
    const auto result = make_process_runner()->run(spec);
    EXPECT_TRUE(result.timed_out);
    EXPECT_EQ(result.signal, SIGKILL);
    EXPECT_GE(result.elapsed, Millis(2100));
    EXPECT_EQ(result.out, "up\n");
}

}  // namespace
}  // namespace rehearse::process
