#include "app/write_report.hpp"

#include "rehearse/base/error.hpp"

#include <unistd.h>

namespace rehearse::app {

namespace {

void check_writable(const fs::path& folder) {
    fs::path existing = folder;
    while (!fs::exists(existing) && existing.has_relative_path()) existing = existing.parent_path();
    if (!fs::is_directory(existing)) {
        throw Error(ErrorKind::usage, existing.string() + " is not a folder",
                    {"Give another folder with --out or --state."});
    }
    if (access(existing.c_str(), W_OK | X_OK) != 0) {
        throw Error(ErrorKind::usage, "cannot write to the folder " + existing.string(),
                    {"Give a folder that you may write to with --out or --state."});
    }
}

}  // namespace

ReportFolder::ReportFolder(const fs::path& path, const fs::path& run_folder)
    : path_(fs::absolute(path)), drafts_(run_folder / "report") {
    check_writable(path_);
    make_private_folder(drafts_);
}

void ReportFolder::publish(const report::Report& report, const report::PreviousRuns& previous,
                           bool mask_literals) const {
    report::MarkdownStyle text;
    text.mask_literals = mask_literals;
    const report::HtmlStyle page{mask_literals, previous};
    write_file_atomically(drafts_ / "report.md", report::render_markdown(report, text));
    write_file_atomically(drafts_ / "report.html", report::render_html(report, page));
    make_private_folder(path_);
    for (const auto& file : fs::directory_iterator(drafts_)) {
        move_file_atomically(file.path(), path_ / file.path().filename());
    }
    // Last: who finds report.json finds the rest beside it.
    write_file_atomically(path_ / "report.json", report::render_json(report));
}

}  // namespace rehearse::app
