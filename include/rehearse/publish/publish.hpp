#pragma once

#include "rehearse/publish/review_host.hpp"
#include "rehearse/report/report.hpp"
#include "rehearse/verdict/verdict.hpp"

#include <filesystem>
#include <string>
#include <vector>

namespace rehearse::publish {

struct PublishOptions {
    std::string marker;  // tells several reports on one request apart; empty for the only one
    std::string label_noisy = "rehearse: noisy";
    std::string label_rethink = "rehearse: rethink";
    verdict::FailOn fail_on = verdict::FailOn::rethink;
    bool mask_literals = false;
    std::filesystem::path workspace;  // top of the checked-out repository
    // That relative paths of the report count from, where it is in the workspace.
    std::filesystem::path working_folder;
    std::filesystem::path job_summary;  // where the report goes when the token may not write
};

// What was done, a line each: "comment edited", "label 'rehearse: noisy' set".
struct Delivery {
    std::vector<std::string> done;
    std::vector<std::string> refused;  // what else the token may not do, where the comment is there
    std::string fallback;  // why it is in the job summary and not on the request; empty: it is not
};

// One comment, edited in place; the labels; the commit's status. Throws Error(delivery) when the
// report reaches nobody, or the host fails; `delivery` then has what was done before.
void publish_report(const report::Report& report, ReviewHost& host, const PublishOptions& options,
                    Delivery& delivery);

}  // namespace rehearse::publish
