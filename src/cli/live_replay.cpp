#include "cli/live_replay.hpp"

#include "rehearse/base/text.hpp"
#include "rehearse/report/layout.hpp"

namespace rehearse::cli {

namespace {

constexpr std::size_t kStatementShown = 48;

}  // namespace

void LiveReplay::migration_begins(std::size_t index, std::size_t count,
                                  const migrations::Migration& migration) {
    place_ = "[" + std::to_string(index + 1) + "/" + std::to_string(count) + "] " +
             report::printable(migration.version);
    migration_ = place_ + " " + report::printable(migration.name);
    line_.draw(migration_);
}

void LiveReplay::statement_begins(std::size_t ordinal, std::uint64_t of, const std::string& sql) {
    if (!line_.is_live()) return;
    const std::lock_guard guard(mutex_);
    statement_ =
        std::to_string(ordinal) + "/" + std::to_string(of) + " " + one_line(sql, kStatementShown);
}

void LiveReplay::statement_running(const observe::LiveStatus& status) {
    if (!line_.is_live()) return;
    // What changes stands first: a narrow terminal cuts the end.
    std::string text = place_ + "  " + format_duration(status.elapsed);
    if (!status.phase.empty()) {
        text += "  " + status.phase;
        if (status.share_done)
            text += " " + std::to_string(static_cast<int>(*status.share_done * 100)) + " %";
        if (status.phase_left) text += ", about " + format_duration(*status.phase_left) + " left";
    }
    if (!status.strongest_lock.empty()) text += "  " + status.strongest_lock;
    const std::lock_guard guard(mutex_);
    text += "  " + statement_;
    line_.draw(text);
}

void LiveReplay::migration_ended(std::size_t, const migrations::Migration&,
                                 const observe::MigrationObservation& observation) {
    const auto label = verdict::label_for(observation, thresholds_);
    std::string text = migration_ + "  " + std::string{to_string(label)};
    if (observation.ran) text += "  " + format_duration(observation.elapsed);
    line_.say(text);
}

}  // namespace rehearse::cli
