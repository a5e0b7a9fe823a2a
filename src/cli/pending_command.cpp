#include "rehearse/app/pending.hpp"
#include "rehearse/base/error.hpp"

#include "cli/options.hpp"
#include "cli/terminal.hpp"

namespace rehearse::cli {

namespace {

const char* word_for(migrations::SourceFinding::Severity severity) {
    switch (severity) {
        case migrations::SourceFinding::Severity::note:
            return "note";
        case migrations::SourceFinding::Severity::warning:
            return "warning";
        case migrations::SourceFinding::Severity::refusal:
            return "refused";
    }
    return "note";
}

int run_pending(const RunOptions& options, Context context) {
    const auto pending =
        app::pending_migrations(options.rehearsal, context.runner, context.progress);
    std::string text =
        std::to_string(pending.migrations.size()) + " pending, " + std::to_string(pending.applied) +
        " applied" +
        (pending.history.empty() ? ", no history kept" : " according to " + pending.history) + "\n";
    for (const auto& migration : pending.migrations) {
        text += "  " + migration.version + "  " + migration.name + "  " + migration.path.string() +
                "\n";
    }
    bool refused = false;
    for (const auto& finding : pending.findings) {
        refused = refused || finding.severity == migrations::SourceFinding::Severity::refusal;
        text += std::string{word_for(finding.severity)} + ": " +
                (finding.version.empty() ? "" : finding.version + ": ") + finding.message + "\n";
        if (!finding.hint.empty()) text += "  hint: " + finding.hint + "\n";
    }
    print(text);
    return refused ? exit_code_of(ErrorKind::migrations) : 0;
}

}  // namespace

void add_pending_command(CLI::App& app, const RunOptionsPtr& run, Command& chosen) {
    auto& pending = add_command(app, "pending", "What is pending on the snapshot, and why",
                                "rehearse pending --snapshot latest --migrations db/migrations");
    pending.fallthrough();
    pending.footer("Takes the options that 'rehearse --help' lists.\n\n" + pending.get_footer());
    pending.callback(
        [run, &chosen] { chosen = [run](Context context) { return run_pending(*run, context); }; });
}

}  // namespace rehearse::cli
