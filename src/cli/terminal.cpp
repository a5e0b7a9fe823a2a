#include "cli/terminal.hpp"

#include "rehearse/base/error.hpp"

#include <sys/ioctl.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <string_view>

namespace rehearse::cli {

bool is_terminal(int fd) {
    const char* term = std::getenv("TERM");
    return isatty(fd) == 1 && term != nullptr && std::string_view{term} != "dumb";
}

int columns_of(int fd) {
    winsize size{};
    if (ioctl(fd, TIOCGWINSZ, &size) == 0 && size.ws_col > 0) return size.ws_col;
    return 80;
}

report::TerminalStyle style_of(int fd) {
    const char* no_color = std::getenv("NO_COLOR");
    const bool colour = is_terminal(fd) && (no_color == nullptr || *no_color == '\0');
    return {colour, columns_of(fd)};
}

void print(const std::string& text) {
    std::string_view rest = text;
    while (!rest.empty()) {
        const ssize_t written = write(STDOUT_FILENO, rest.data(), rest.size());
        if (written < 0 && errno == EINTR) continue;
        if (written < 0) {
            throw Error(ErrorKind::delivery,
                        std::string{"cannot write to stdout: "} + std::strerror(errno),
                        {"Redirect it to a file on a disk with room."});
        }
        rest.remove_prefix(static_cast<std::size_t>(written));
    }
}

void print_report(const report::Report& report, const Drawing& drawing,
                  const report::PreviousRuns& previous) {
    const bool mask_literals = drawing.mask_literals;
    switch (drawing.format) {
        case Format::terminal:
            print(render_terminal(report, style_of(STDOUT_FILENO)));
            break;
        case Format::json:
            print(render_json(report));
            break;
        case Format::markdown: {
            report::MarkdownStyle style;
            style.mask_literals = mask_literals;
            print(render_markdown(report, style));
            break;
        }
        case Format::html: {
            report::HtmlStyle style;
            style.mask_literals = mask_literals;
            style.previous_runs = previous;
            print(render_html(report, style));
            break;
        }
        case Format::sarif:
            print(render_sarif(report, mask_literals));
            break;
        case Format::junit:
            print(render_junit(report, {mask_literals, drawing.fail_on}));
            break;
    }
}

}  // namespace rehearse::cli
