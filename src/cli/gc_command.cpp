#include "rehearse/app/snapshots.hpp"

#include "cli/commands.hpp"
#include "cli/terminal.hpp"

namespace rehearse::cli {

int run_gc(Context context) {
    const auto removed = app::sweep_leftovers(context.runner);
    std::string text;
    for (const auto& line : removed) text += line + "\n";
    print(text);
    if (removed.empty()) context.progress.note("nothing to remove");
    return 0;
}

}  // namespace rehearse::cli
