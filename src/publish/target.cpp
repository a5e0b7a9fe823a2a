#include "rehearse/base/error.hpp"
#include "rehearse/base/files.hpp"
#include "rehearse/base/text.hpp"
#include "rehearse/publish/review_host.hpp"

#include "publish/api.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>

namespace rehearse::publish {

using nlohmann::json;

namespace {

bool consists_of(std::string_view text, std::string_view allowed) {
    return !text.empty() && text.find_first_not_of(allowed) == std::string_view::npos;
}

constexpr std::string_view kDigits = "0123456789";
constexpr std::string_view kHex = "0123456789abcdefABCDEF";
constexpr std::string_view kNameCharacters =
    "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._";

std::string first_of(std::initializer_list<std::string> candidates) {
    for (const auto& candidate : candidates) {
        if (!candidate.empty()) return candidate;
    }
    return {};
}

Error missing(const std::string& what, const std::string& hint) {
    return {ErrorKind::usage, "it is not known " + what, {hint}};
}

std::string checked_url(std::string url) {
    while (url.ends_with('/')) url.pop_back();
    const auto origin = origin_of(url);
    const bool is_plain = url.find_first_of(" \t\r\n?#@") == std::string::npos;
    if (!is_plain || !(origin.starts_with("https://") || origin.starts_with("http://"))) {
        throw Error(ErrorKind::usage, "--api-url does not take '" + url + "'",
                    {"Give the address of the API, such as https://api.github.com, "
                     "https://HOST/api/v3 or https://HOST/api/v4."});
    }
    return url;
}

std::string checked_number(const std::string& option, const std::string& number) {
    if (!consists_of(number, kDigits)) {
        throw Error(ErrorKind::usage, option + " does not take '" + number + "'",
                    {"Give the request's number, such as 12."});
    }
    return number;
}

std::string checked_sha(const std::string& sha) {
    if (!sha.empty() && !(consists_of(sha, kHex) && (sha.size() == 40 || sha.size() == 64))) {
        throw Error(ErrorKind::usage, "--sha does not take '" + sha + "'",
                    {"Give the whole id of the request's last commit: git rev-parse HEAD."});
    }
    return sha;
}

// A line feed in it would begin another header.
std::string checked_token(const std::string& variable, const std::string& value) {
    std::string token{trimmed(value)};
    const bool is_plain =
        std::all_of(token.begin(), token.end(), [](char c) { return c > ' ' && c < '\x7F'; });
    if (!is_plain) {
        throw Error(ErrorKind::delivery, variable + " holds no token",
                    {"Give one without spaces and control characters."});
    }
    return token;
}

// What GitHub tells a job of the event that started it.
json pull_request_of_event(const std::string& path) {
    if (path.empty()) return nullptr;
    const auto event = json::parse(read_file(path), nullptr, false);
    const auto pull = event.is_object() ? event.find("pull_request") : event.end();
    return event.is_object() && pull != event.end() ? *pull : json{nullptr};
}

}  // namespace

bool is_private_way(const std::string& url) {
    const auto origin = origin_of(url);
    const auto is_host = [&](const std::string& host) {
        return origin == "http://" + host || origin.starts_with("http://" + host + ":");
    };
    return origin.starts_with("https://") || is_host("127.0.0.1") || is_host("localhost") ||
           is_host("[::1]");
}

Target github_target(const Environment& environment, const TargetOptions& options) {
    Target target;
    target.api_url = checked_url(
        first_of({options.api_url, environment("GITHUB_API_URL"), "https://api.github.com"}));
    target.project = first_of({options.project, environment("GITHUB_REPOSITORY")});
    const auto parts = split(target.project, '/');
    if (target.project.empty()) {
        throw missing("which repository is meant", "Add --repo OWNER/NAME.");
    }
    if (parts.size() != 2 || !consists_of(parts[0], kNameCharacters) ||
        !consists_of(parts[1], kNameCharacters)) {
        throw Error(ErrorKind::usage, "--repo does not take '" + target.project + "'",
                    {"Give it as OWNER/NAME."});
    }
    target.number = options.number;
    target.sha = options.sha;
    if (target.number.empty()) {
        const auto pull = pull_request_of_event(environment("GITHUB_EVENT_PATH"));
        target.number = text_of(pull, "number");
        if (target.sha.empty() && pull.is_object()) {
            target.sha = text_of(pull.value("head", json::object()), "sha");
        }
    }
    if (target.number.empty()) {
        throw missing("which pull request is meant",
                      "Add --pull N, or run this on the event 'pull_request'.");
    }
    checked_number("--pull", target.number);
    checked_sha(target.sha);
    target.token = checked_token("GITHUB_TOKEN",
                                 first_of({environment("GITHUB_TOKEN"), environment("GH_TOKEN")}));
    if (const auto run = environment("GITHUB_RUN_ID"); consists_of(run, kDigits)) {
        target.details_url = first_of({environment("GITHUB_SERVER_URL"), "https://github.com"}) +
                             "/" + environment("GITHUB_REPOSITORY") + "/actions/runs/" + run;
    }
    return target;
}

Target gitlab_target(const Environment& environment, const TargetOptions& options) {
    Target target;
    target.api_url = checked_url(
        first_of({options.api_url, environment("CI_API_V4_URL"), "https://gitlab.com/api/v4"}));
    // Of a fork's merge request, CI_PROJECT_ID is the fork.
    target.project = first_of({options.project, environment("CI_MERGE_REQUEST_PROJECT_ID"),
                               environment("CI_PROJECT_ID")});
    if (target.project.empty()) {
        throw missing("which project is meant", "Add --project, its number or GROUP/NAME.");
    }
    target.number = first_of({options.number, environment("CI_MERGE_REQUEST_IID")});
    if (target.number.empty()) {
        throw missing("which merge request is meant",
                      "Add --merge-request N, or run this in a merge request pipeline.");
    }
    checked_number("--merge-request", target.number);
    // Of a pipeline for merged results, CI_COMMIT_SHA is a commit that is in no branch. What a
    // request given by its number has last is asked for.
    target.sha = options.sha;
    if (target.sha.empty() && options.number.empty()) {
        target.sha = first_of(
            {environment("CI_MERGE_REQUEST_SOURCE_BRANCH_SHA"), environment("CI_COMMIT_SHA")});
    }
    checked_sha(target.sha);
    target.token = checked_token("GITLAB_TOKEN", environment("GITLAB_TOKEN"));
    target.details_url = environment("CI_JOB_URL");
    return target;
}

}  // namespace rehearse::publish
