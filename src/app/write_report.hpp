#pragma once

#include "rehearse/base/files.hpp"
#include "rehearse/report/report.hpp"

namespace rehearse::app {

// The folder that a run's report goes to. Its files are drafted in the run's own folder, which goes
// with the run, and put in place when all of them are there: who finds the folder finds a report.
class ReportFolder {
  public:
    // Throws Error(usage) when `path` could not be made or written to, so that a wrong one costs a
    // second and not a rehearsal. Makes nothing there.
    ReportFolder(const fs::path& path, const fs::path& run_folder);

    const fs::path& path() const { return path_; }
    // Where a file of the report is to be written meanwhile.
    fs::path draft(std::string_view name) const { return drafts_ / name; }
    // The drafts, report.md, report.html and report.json. With `mask_literals` the two that are to
    // be read show no literal of the SQL.
    void publish(const report::Report& report, const report::PreviousRuns& previous,
                 bool mask_literals) const;

  private:
    fs::path path_;
    fs::path drafts_;
};

}  // namespace rehearse::app
