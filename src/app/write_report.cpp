#include "app/write_report.hpp"

#include "rehearse/base/error.hpp"

#include <unistd.h>

namespace rehearse::app {

ReportFolder::ReportFolder(const fs::path& path) : path_(fs::absolute(path)) {
    made_here_ = !fs::exists(path_);
    make_private_folder(path_);
    if (access(path_.c_str(), W_OK) != 0) {
        throw Error(ErrorKind::usage, "cannot write to the folder " + path_.string(),
                    {"Give a folder that you may write to with --out or --state."});
    }
}

ReportFolder::~ReportFolder() {
    if (made_here_ && !written_) remove_tree(path_);
}

void ReportFolder::write(const report::Report& report) {
    write_file_atomically(path_ / "report.md", report::render_markdown(report, {}));
    // Last: who finds report.json finds the rest beside it.
    write_file_atomically(path_ / "report.json", report::render_json(report));
    written_ = true;
}

}  // namespace rehearse::app
