#include "rehearse/base/error.hpp"

#include <gtest/gtest.h>

namespace rehearse {
namespace {

TEST(Error, PrintsMessageContextHintsAndTheProgramsLastLines) {
    std::string text;
    try {
        in_context("restoring shop.dump", [] {
            in_context("starting postgres:15", [] {
                throw Error(ErrorKind::scratch, "the server stopped", {"Look at the log."})
                    .with_output("one\ntwo\nthree\n\n", 2);
            });
        });
    } catch (const Error& error) {
        text = render_error(error);
    }
    EXPECT_EQ(text,
              "rehearse: error: the server stopped\n"
              "  while restoring shop.dump\n"
              "  while starting postgres:15\n"
              "  hint: Look at the log.\n"
              "  | two\n"
              "  | three\n");
}

TEST(Error, InContextHandsOnTheValue) {
    EXPECT_EQ(in_context("counting", [] { return 7; }), 7);
}

TEST(Error, EveryKindHasTheExitCodeOfTheTable) {
    EXPECT_EQ(exit_code_of(ErrorKind::usage), 2);
    EXPECT_EQ(exit_code_of(ErrorKind::scratch), 3);
    EXPECT_EQ(exit_code_of(ErrorKind::snapshot), 4);
    EXPECT_EQ(exit_code_of(ErrorKind::migrations), 5);
    EXPECT_EQ(exit_code_of(ErrorKind::delivery), 6);
    EXPECT_EQ(exit_code_of(ErrorKind::internal), 70);
    EXPECT_EQ(exit_code_of(ErrorKind::interrupted), 130);
}

}  // namespace
}  // namespace rehearse
