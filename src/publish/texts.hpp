#pragma once

#include "rehearse/publish/publish.hpp"

#include <string>
#include <vector>

// What is written to a host, as functions of the report. All of it is public: no row values.
namespace rehearse::publish {

// An HTML comment that a comment of ours begins with, and that nobody sees. Throws Error(usage) for
// a name that could end it.
std::string marker_text(const std::string& name);
// "rehearse", "rehearse/nightly"
std::string context_name(const std::string& marker);

std::string comment_body(const report::Report& report, const PublishOptions& options,
                         std::size_t limit);

// Hosts change line ends and trim.
bool same_text(const std::string& ours, const std::string& theirs);

// The migrations of this change decide: of what it only catches up with, it is not to blame.
bool has_label(const report::Report& report, std::string_view label);

Status status_of(const report::Report& report, const PublishOptions& options);

// The findings of this change, and its migrations that are not ok, on their lines. What lies
// outside of `options.workspace` has no line in the repository and is left out.
std::vector<Annotation> annotations_of(const report::Report& report, const PublishOptions& options);

}  // namespace rehearse::publish
