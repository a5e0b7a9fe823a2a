#include "cli/terminal.hpp"

#include "cli/terminal_progress.hpp"

#include <gtest/gtest.h>
#include <pty.h>
#include <unistd.h>

#include <cstdlib>
#include <sstream>

namespace rehearse::cli {
namespace {

class Terminal : public testing::Test {
  protected:
    Terminal() {
        winsize size{};
        size.ws_col = 132;
        EXPECT_EQ(openpty(&outer_, &inner_, nullptr, nullptr, &size), 0);
    }
    ~Terminal() override {
        close(outer_);
        close(inner_);
        unsetenv("NO_COLOR");
    }

    int outer_ = -1, inner_ = -1;
};

struct Row {
    const char* term;
    const char* no_color;
    bool is_terminal, colour;
};

TEST_F(Terminal, IsColouredUnlessSomebodyAsksForNone) {
    const Row rows[] = {
        {"xterm", nullptr, true, true},  {"xterm", "", true, true},
        {"xterm", "1", true, false},     {"xterm", "0", true, false},
        {"dumb", nullptr, false, false}, {nullptr, nullptr, false, false},
    };
    for (const auto& row : rows) {
        row.term != nullptr ? setenv("TERM", row.term, 1) : unsetenv("TERM");
        row.no_color != nullptr ? setenv("NO_COLOR", row.no_color, 1) : unsetenv("NO_COLOR");
        const auto what = std::string{row.term != nullptr ? row.term : "no TERM"} + ", " +
                          (row.no_color != nullptr ? row.no_color : "no NO_COLOR");
        EXPECT_EQ(is_terminal(inner_), row.is_terminal) << what;
        EXPECT_EQ(style_of(inner_).colour, row.colour) << what;
        EXPECT_EQ(style_of(inner_).width, 132) << what;
    }
}

TEST(TerminalProgress, DrawsAStepAndHowFarItIs) {
    std::ostringstream out;
    StatusLine line(out, [] { return 80; });
    TerminalProgress progress(line);
    progress.begin("restoring shop.dump");
    progress.update(3 * 1024 * 1024, 12 * 1024 * 1024, Progress::Unit::bytes, "orders");
    // Too soon for anyone to see.
    progress.update(4 * 1024 * 1024, 12 * 1024 * 1024, Progress::Unit::bytes, "orders");
    progress.end("12 tables");
    const std::string anew = "\r\x1b[K";
    const auto text = out.str();
    EXPECT_EQ(text.substr(0, text.rfind("restoring")),
              anew + "restoring shop.dump ..." + anew +
                  "restoring shop.dump 25 % 3.0 MB of 12.0 MB orders" + anew);
    EXPECT_TRUE(text.ends_with(", 12 tables\n")) << text;
}

}  // namespace
}  // namespace rehearse::cli
