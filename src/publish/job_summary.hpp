#pragma once

#include "rehearse/publish/publish.hpp"

namespace rehearse::publish {

// GitHub shows the file's Markdown on the page of the job. Throws Error(delivery) when there is no
// such file or it cannot be written: then nobody sees the report.
void write_job_summary(const report::Report& report, const PublishOptions& options,
                       const std::string& request, const std::string& why);

}  // namespace rehearse::publish
