#include "rehearse/app/snapshots.hpp"

#include "cli/options.hpp"
#include "cli/terminal.hpp"

namespace rehearse::cli {

namespace {

int run_gc(Context context) {
    const auto removed = app::sweep_leftovers(context.runner);
    std::string text;
    for (const auto& line : removed) text += line + "\n";
    print(text);
    if (removed.empty()) context.progress.note("nothing to remove");
    return 0;
}

}  // namespace

void add_gc_command(CLI::App& app, Command& chosen) {
    add_command(app, "gc", "Remove what killed runs left", "rehearse gc").callback([&chosen] {
        chosen = run_gc;
    });
}

}  // namespace rehearse::cli
