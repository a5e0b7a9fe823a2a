#include "cli/saved_report.hpp"

#include "rehearse/base/error.hpp"

namespace rehearse::cli {

namespace {

void check_is_file(const fs::path& file) {
    std::error_code failure;
    const auto type = fs::status(file, failure).type();
    if (type == fs::file_type::not_found) {
        throw Error(ErrorKind::usage, "there is no file " + file.string(),
                    {"Name the report.json of an earlier run. Runs keep theirs in " +
                     (default_state_folder() / "runs").string() + " unless --out says otherwise."});
    }
    if (type == fs::file_type::directory) {
        throw Error(ErrorKind::usage, file.string() + " is a folder",
                    {"Name the report.json in it."});
    }
    if (type == fs::file_type::none) {
        throw Error(ErrorKind::usage, "cannot read " + file.string() + ": " + failure.message(),
                    {"Name a report.json that you may read."});
    }
}

std::string text_of(const fs::path& file) {
    try {
        return read_file(file);
    } catch (Error& error) {
        if (error.hints().empty()) error.with_hint("Name a report.json that you may read.");
        throw;
    }
}

}  // namespace

report::Report read_saved_report(const fs::path& file) {
    check_is_file(file);
    const auto text = text_of(file);
    return in_context("reading " + file.string(), [&] { return report::parse_json(text); });
}

}  // namespace rehearse::cli
