#pragma once

#include "rehearse/base/files.hpp"
#include "rehearse/report/report.hpp"

namespace rehearse::cli {

// The report.json of an earlier run. Throws Error(usage) with what to do, whatever the path leads
// to.
report::Report read_saved_report(const fs::path& file);

}  // namespace rehearse::cli
