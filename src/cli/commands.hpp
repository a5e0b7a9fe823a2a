#pragma once

#include "rehearse/app/rehearsal.hpp"

#include <string>

namespace rehearse::cli {

class StatusLine;

// What the commands share: the doors to the world, and where words go.
struct Context {
    process::ProcessRunner& runner;
    Progress& progress;
    StatusLine& line;
};

enum class Format { terminal, json, markdown };

// The options of a rehearsal and what only the command line knows of it.
struct RunOptions {
    app::RehearsalOptions rehearsal;
    verdict::FailOn fail_on = verdict::FailOn::rethink;
    Format format = Format::terminal;
    bool mask_literals = false;
};

// Every command is one file: a function that runs it and returns the exit code.
int run_rehearsal(const RunOptions& options, Context context);
int run_pending(const RunOptions& options, Context context);

struct ReportOptions {
    std::string file;
    Format format = Format::terminal;
    std::string noisy, rethink;
    bool schema = false;
    bool mask_literals = false;
};
int run_report(const ReportOptions& options, Context context);

struct SnapshotOptions {
    std::string place = ".";
    std::string wanted = "latest";
};
int run_snapshot_list(const SnapshotOptions& options, Context context);
int run_snapshot_verify(const SnapshotOptions& options, Context context);

int run_gc(Context context);
int run_doctor(Context context);

}  // namespace rehearse::cli
