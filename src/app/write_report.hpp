#pragma once

#include "rehearse/base/files.hpp"
#include "rehearse/report/report.hpp"

namespace rehearse::app {

// The folder that a run's report goes to. Made at the start, so that a path that cannot be written
// fails in the first second; taken away again when the run ends without a report and we made it.
class ReportFolder {
  public:
    explicit ReportFolder(const fs::path& path);
    ~ReportFolder();
    ReportFolder(const ReportFolder&) = delete;
    ReportFolder& operator=(const ReportFolder&) = delete;

    const fs::path& path() const { return path_; }
    // report.json and report.md.
    void write(const report::Report& report);

  private:
    fs::path path_;
    bool made_here_ = false;
    bool written_ = false;
};

}  // namespace rehearse::app
