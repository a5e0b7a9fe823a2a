#include "rehearse/app/doctor.hpp"
#include "rehearse/base/error.hpp"

#include "cli/options.hpp"
#include "cli/terminal.hpp"

namespace rehearse::cli {

namespace {

int run_doctor(Context context) {
    const auto diagnosis = app::look_around(context.runner);
    std::string text;
    for (const auto& check : diagnosis.checks) {
        text += std::string{check.found ? "  found    " : "  missing  "} + check.what + ": " +
                check.detail + "\n";
        if (!check.found && !check.install.empty()) text += "           " + check.install + "\n";
    }
    text += diagnosis.can_rehearse ? "ready to rehearse\n"
                                   : "no engine is usable: install one of those above\n";
    print(text);
    return diagnosis.can_rehearse ? 0 : exit_code_of(ErrorKind::scratch);
}

}  // namespace

void add_doctor_command(CLI::App& app, Command& chosen) {
    add_command(app, "doctor", "What is installed, what is missing, and how to install it",
                "rehearse doctor")
        .callback([&chosen] { chosen = run_doctor; });
}

}  // namespace rehearse::cli
