#pragma once

#include "rehearse/base/time.hpp"
#include "rehearse/history/run.hpp"

#include <memory>
#include <optional>
#include <vector>

namespace rehearse::history {

// <state>/history.sqlite
fs::path history_file(const fs::path& state_folder);

// The runs so far, in one file (0600) that several processes may use at once. A file that is
// damaged, of a newer rehearse or of another program is left as it is. Every function may throw
// Error(usage) with what to do about the file.
class HistoryStore {
  public:
    enum class Access {
        read,           // the file must be there
        read_or_write,  // an empty one is made where there is none, in a private folder
    };
    // How long to wait for another process that has the file locked.
    static constexpr Millis kPatience = std::chrono::seconds(10);

    HistoryStore(const fs::path& file, Access access, Millis patience = kPatience);
    HistoryStore(HistoryStore&&) noexcept;
    HistoryStore& operator=(HistoryStore&&) = delete;
    ~HistoryStore();

    // A run that is in the history already is replaced.
    void record(const report::Report& report, const fs::path& run_folder);

    // Newest first.
    std::vector<Run> runs(std::size_t limit) const;
    // All of them, by version and name.
    std::vector<MigrationKey> migrations() const;
    // Newest first.
    std::vector<Occurrence> of_migration(const MigrationKey& key) const;
    // The newest run of the migration before this one, which need not be in the history itself.
    std::optional<Occurrence> previous_run_of(const MigrationKey& key,
                                              const std::string& before_run_id) const;
    // The runs of the migration before this one that the weekly job told the team of, newest first.
    std::vector<Occurrence> told_before(const MigrationKey& key,
                                        const std::string& before_run_id) const;
    void mark_told_weekly(const std::string& run_id);

  private:
    class Impl;
    std::unique_ptr<Impl> impl_;
};

}  // namespace rehearse::history
