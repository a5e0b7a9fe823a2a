#include "rehearse/app/pending.hpp"
#include "rehearse/base/error.hpp"

#include "cli/options.hpp"
#include "cli/terminal.hpp"

#include <algorithm>

namespace rehearse::cli {

namespace {

using migrations::SourceFinding;

const char* word_for(SourceFinding::Severity severity) {
    switch (severity) {
        case SourceFinding::Severity::note:
            return "note";
        case SourceFinding::Severity::warning:
            return "warning";
        case SourceFinding::Severity::refusal:
            return "refused";
    }
    return "note";
}

std::string lines_of(const SourceFinding& finding) {
    std::string text = std::string{word_for(finding.severity)} + ": " +
                       (finding.version.empty() ? "" : finding.version + ": ") + finding.message +
                       "\n";
    if (!finding.hint.empty()) text += "  hint: " + finding.hint + "\n";
    return text;
}

// "  0042  add_column  one_transaction  not in schema_migrations, new in this change"
std::string line_of(const migrations::Migration& migration, const app::PendingOnSnapshot& found) {
    std::string text = "  " + migration.version;
    if (!migration.name.empty()) text += "  " + migration.name;
    text += "  " + std::string(to_string(migration.transaction_mode)) + "  " +
            migration.pending_because;
    if (!found.added) return text + "\n";
    const auto path = std::filesystem::weakly_canonical(migration.path);
    const bool is_new =
        std::find(found.added->begin(), found.added->end(), path) != found.added->end();
    return text + (is_new ? ", in this change" : ", catch-up") + "\n";
}

int run_pending(const RunOptions& options, Context context) {
    const auto found = app::pending_migrations(options.rehearsal, context.runner, context.progress);
    const migrations::Pending& pending = found.pending;
    const auto selected = plan::selected(pending.migrations, options.rehearsal.plan);
    std::string text = pending.seen + "\n";
    text += std::to_string(pending.migrations.size()) + " pending, " +
            std::to_string(pending.applied) + " applied";
    if (pending.history.empty()) text += ", no history kept";
    if (selected.size() < pending.migrations.size())
        text += ", " + std::to_string(selected.size()) + " of them asked for";
    text += "\n";
    for (const auto& migration : selected) text += line_of(migration, found);
    bool refused = false;
    for (const SourceFinding& finding : pending.findings) {
        refused = refused || finding.severity == SourceFinding::Severity::refusal;
        text += lines_of(finding);
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
