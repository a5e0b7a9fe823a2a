#include "publish/job_summary.hpp"

#include "rehearse/base/error.hpp"

#include <cerrno>
#include <cstring>
#include <fstream>

namespace rehearse::publish {

namespace {

// GitHub drops a summary of more than 1 MiB, all steps of a job together.
constexpr std::size_t kLargest = 900'000;

}  // namespace

void write_job_summary(const report::Report& report, const PublishOptions& options,
                       const std::string& request, const std::string& why) {
    if (options.job_summary.empty()) {
        throw Error(
            ErrorKind::delivery, request + ": " + why,
            {"Give the job's token the right to write: in a GitHub workflow 'permissions: "
             "{pull-requests: write, statuses: write, checks: write}', on GitLab the scope "
             "'api' and the role Developer.",
             "A fork's pull request gets no such token; within a GitHub job the report then "
             "goes to the job's summary."});
    }
    // What other steps wrote into it stays.
    std::ofstream file(options.job_summary, std::ios::app | std::ios::binary);
    file << render_markdown(report,
                            {.mask_literals = options.mask_literals, .size_limit = kLargest})
         << "\n"
         << std::flush;
    if (!file) {
        throw Error(ErrorKind::delivery,
                    request + ": " + why + ", nor can the job's summary " +
                        options.job_summary.string() + " be written: " + std::strerror(errno),
                    {"Check $GITHUB_STEP_SUMMARY, or give the token the right to write."});
    }
}

}  // namespace rehearse::publish
