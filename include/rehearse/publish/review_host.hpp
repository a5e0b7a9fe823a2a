#pragma once

#include "rehearse/publish/http_client.hpp"

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace rehearse::publish {

// A pull request or merge request, and who writes to it.
struct Target {
    std::string api_url;      // "https://api.github.com", without a slash at its end
    std::string project;      // "owner/name"; GitLab's number or path
    std::string number;       // of the request
    std::string sha;          // of its last commit; empty: the host is asked
    std::string token;        // empty: only reads are possible, and of public projects
    std::string details_url;  // where the run's log is; may be empty
};

// What the environment does not say, or says otherwise.
struct TargetOptions {
    std::string api_url, project, number, sha;
};

Target github_target(const Environment& environment, const TargetOptions& options);
Target gitlab_target(const Environment& environment, const TargetOptions& options);

// Whether nobody on the way can read what is sent there: https, or this machine.
bool is_private_way(const std::string& url);

struct Comment {
    std::string id, body;
};

struct Label {
    std::string name, description, color;  // "d93f0b"
};

struct Annotation {
    std::string path;
    int line = 1;
    std::string level;  // notice | warning | failure
    std::string title, message;
};

// What a commit shows: passed or not, in one line; a check run also in full.
struct Status {
    std::string context;
    bool passed = true;
    std::string description;
    std::string summary{};  // Markdown
    std::vector<Annotation> annotations{};
};

enum class Outcome {
    done,
    gone,     // what was to be changed is not there any more
    refused,  // the token may not; of a fork's request that is to be expected
    unsure,   // the host failed half-way
};

// The steps that a report takes on a host of reviews. Whatever else is in the way is thrown as
// Error(delivery), with what to do about it.
class ReviewHost {
  public:
    virtual ~ReviewHost() = default;

    virtual std::string request_name() const = 0;  // "pull request 12 of acme/shop"
    virtual std::size_t comment_limit() const = 0;

    // On all pages, those that the token's own user wrote: anybody can begin a comment with it.
    virtual std::vector<Comment> own_comments_with(const std::string& marker) = 0;
    virtual Outcome write_comment(const std::string& body) = 0;
    virtual Outcome edit_comment(const std::string& id, const std::string& body) = 0;

    // Throws Error(usage) for a name that the host's labels cannot have.
    virtual void check_label_name(const std::string&) const {}
    // Names of all labels that the request has.
    virtual std::vector<std::string> read_labels() = 0;
    virtual Outcome add_label(const Label& label) = 0;
    virtual Outcome remove_label(const std::string& name) = 0;

    virtual Outcome set_status(const Status& status) = 0;

    // The host's words for what it refused last.
    virtual std::string refusal() const = 0;
};

std::unique_ptr<ReviewHost> make_github(HttpClient& client, const Target& target, bool check_run);
std::unique_ptr<ReviewHost> make_gitlab(HttpClient& client, const Target& target);
// Reads where it may and writes nothing: `told` gets the texts that would be written.
std::unique_ptr<ReviewHost> make_dry_run(ReviewHost& host, bool may_read, std::string& told);

}  // namespace rehearse::publish
