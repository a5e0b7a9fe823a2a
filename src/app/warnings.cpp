#include "app/warnings.hpp"

#include "rehearse/base/error.hpp"

#include <cmath>

namespace rehearse::app {

namespace {

// pg_restore can say the same of a thousand objects.
constexpr std::size_t kHarmlessListed = 5;

}  // namespace

void add_snapshot_warnings(std::vector<std::string>& warnings, const snapshot::Snapshot& snapshot,
                           const std::vector<snapshot::Skipped>& skipped, Progress& progress) {
    const auto add = [&](std::string text) {
        progress.warn(text);
        warnings.push_back(std::move(text));
    };
    for (const auto& one : skipped) add("snapshot " + one.name + " was passed over: " + one.why);
    if (const double days = snapshot.age_days(WallClock::now()); days > kStaleAfterDays) {
        add("snapshot " + snapshot.name + " is " + std::to_string(std::lround(days)) +
            " days old: production has moved on since; take a new one");
    }
}

void add_restore_warnings(std::vector<std::string>& warnings,
                          const restore::RestoreResult& restored) {
    const auto& harmless = restored.harmless;
    for (std::size_t i = 0; i < std::min(harmless.size(), kHarmlessListed); ++i) {
        warnings.push_back("while restoring: " + harmless[i]);
    }
    if (harmless.size() > kHarmlessListed) {
        warnings.push_back("while restoring: " + std::to_string(harmless.size() - kHarmlessListed) +
                           " more messages of this kind");
    }
}

void add_source_warnings(std::vector<std::string>& warnings, const migrations::Pending& pending,
                         Progress& progress) {
    using Severity = migrations::SourceFinding::Severity;
    for (const auto& finding : pending.findings) {
        const std::string text =
            finding.version.empty() ? finding.message : finding.version + ": " + finding.message;
        switch (finding.severity) {
            case Severity::refusal: {
                Error error(ErrorKind::migrations, text);
                if (!finding.hint.empty()) error.with_hint(finding.hint);
                throw error;
            }
            case Severity::warning:
                progress.warn(text);
                warnings.push_back(text);
                break;
            case Severity::note:
                progress.note(text);
                break;
        }
    }
}

}  // namespace rehearse::app
