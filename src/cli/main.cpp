#include "rehearse/base/error.hpp"
#include "rehearse/base/interrupt.hpp"
#include "rehearse/base/redactor.hpp"

#include "cli/command_line.hpp"
#include "cli/terminal.hpp"
#include "cli/terminal_progress.hpp"

#include <iostream>
#include <new>

namespace {

using namespace rehearse;

int run(const std::vector<std::string>& arguments, cli::StatusLine& line, Redactor& redactor) {
    const auto invocation = cli::read_command_line(arguments);
    if (!invocation.command) {
        cli::print(invocation.text);
        return 0;
    }
    const auto runner = process::make_process_runner();
    cli::TerminalProgress progress(line);
    return invocation.command({*runner, progress, line, redactor});
}

// The last door before the terminal.
int complain(cli::StatusLine& line, const Redactor& redactor, const Error& error) {
    line.clear();
    std::cerr << redactor.redacted(render_error(error));
    return exit_code_of(error.kind());
}

}  // namespace

int main(int argc, char** argv) {
    Interrupt::install();
    cli::StatusLine line;
    Redactor redactor;
    try {
        return run({argv + 1, argv + argc}, line, redactor);
    } catch (const Error& error) {
        return complain(line, redactor, error);
    } catch (const std::bad_alloc&) {
        return complain(line, redactor, Error(ErrorKind::internal, "out of memory"));
    } catch (const std::exception& error) {
        return complain(line, redactor,
                        Error(ErrorKind::internal, error.what(),
                              {"This is a fault of rehearse: please report it."}));
    }
}
