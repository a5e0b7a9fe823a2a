#include "rehearse/base/error.hpp"
#include "rehearse/base/text.hpp"
#include "rehearse/publish/review_host.hpp"

#include "publish/api.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>

namespace rehearse::publish {

namespace {

using nlohmann::json;

// docs.github.com, REST API: what one request may hold.
constexpr std::size_t kCommentCharacters = 65'536;
constexpr std::size_t kLongestDescription = 140 - 1;  // an ellipsis comes on top
constexpr std::size_t kLongestTitle = 255 - 1;
constexpr std::size_t kAnnotationsAtOnce = 50;

std::map<std::string, std::string> headers_for(const std::string& token) {
    std::map<std::string, std::string> headers{{"Accept", "application/vnd.github+json"},
                                               {"X-GitHub-Api-Version", "2022-11-28"}};
    if (!token.empty()) headers["Authorization"] = "Bearer " + token;
    return headers;
}

json annotation_json(const Annotation& annotation) {
    return {{"path", annotation.path},     {"start_line", annotation.line},
            {"end_line", annotation.line}, {"annotation_level", annotation.level},
            {"title", annotation.title},   {"message", annotation.message}};
}

class Github final : public ReviewHost {
  public:
    Github(HttpClient& client, const Target& target, bool check_run)
        : api_(client, "GitHub", "GITHUB_TOKEN", target.api_url, headers_for(target.token)),
          target_(target),
          repository_("/repos/" + target.project),
          issue_(repository_ + "/issues/" + target.number),
          check_run_(check_run) {}

    std::string request_name() const override {
        return "pull request " + target_.number + " of " + target_.project;
    }

    std::size_t comment_limit() const override { return kCommentCharacters; }

    std::vector<Comment> own_comments_with(const std::string& marker) override {
        std::vector<Comment> found;
        api_.read_pages("comments of " + request_name(), issue_ + "/comments",
                        [&](const json& page) {
                            for (const auto& comment : page) {
                                auto body = text_of(comment, "body");
                                if (!body.starts_with(marker) || !is_own(comment)) continue;
                                found.push_back({text_of(comment, "id"), std::move(body)});
                            }
                        });
        return found;
    }

    Outcome write_comment(const std::string& body) override {
        const std::string what = "comment on " + request_name();
        const auto response =
            api_.send(what, "POST", issue_ + "/comments", {{"body", body}}, false);
        if (is_unsure(response)) return Outcome::unsure;
        return outcome_of(what, response);
    }

    Outcome edit_comment(const std::string& id, const std::string& body) override {
        const std::string what = "comment " + id + " on " + request_name();
        const auto response =
            api_.send(what, "PATCH", repository_ + "/issues/comments/" + id, {{"body", body}});
        // 404 is also what a token gets that may not write: then a new comment is refused, too.
        if (response.status == 404 || response.status == 410) return Outcome::gone;
        return outcome_of(what, response);
    }

    std::vector<std::string> read_labels() override {
        std::vector<std::string> names;
        api_.read_pages("labels of " + request_name(), issue_ + "/labels", [&](const json& page) {
            for (const auto& label : page) names.push_back(text_of(label, "name"));
        });
        return names;
    }

    Outcome add_label(const Label& label) override {
        const std::string what = "label '" + label.name + "' on " + request_name();
        if (const auto made = make_label(label); made != Outcome::done) return made;
        const json names = json::array({label.name});
        return outcome_of(what, api_.send(what, "POST", issue_ + "/labels", {{"labels", names}}));
    }

    Outcome remove_label(const std::string& name) override {
        const std::string what = "label '" + name + "' on " + request_name();
        const auto response =
            api_.send(what, "DELETE", issue_ + "/labels/" + encoded(name), nullptr);
        if (response.status == 404) return Outcome::gone;
        return outcome_of(what, response);
    }

    Outcome set_status(const Status& status) override {
        if (target_.sha.empty()) target_.sha = read_head();
        return check_run_ ? set_check_run(status) : set_commit_status(status);
    }

    std::string refusal() const override { return refusal_; }

  private:
    // An app's token, such as that of a workflow, may not ask who it is (403): its comments are a
    // bot's, which no user's can be.
    bool is_own(const json& comment) {
        const auto author = comment.find("user");
        if (author == comment.end()) return false;
        if (!login_) {
            const std::string what = "the token's user";
            const auto response = api_.get(what, "/user");
            if (!response.ok() && response.status != 403) api_.fail(what, response);
            login_ = response.ok() ? needed(what, text_of(object_of(what, response), "login")) : "";
        }
        return login_->empty() ? text_of(*author, "type") == "Bot"
                               : text_of(*author, "login") == *login_;
    }

    Outcome outcome_of(const std::string& what, const Response& response) {
        if (response.ok()) return Outcome::done;
        if (response.status == 403 &&
            lower_cased(words_of(response)).find("locked") != std::string::npos) {
            throw Error(ErrorKind::delivery, request_name() + " is locked",
                        {"Unlock its conversation, or publish with the token of somebody who may "
                         "write to the repository."});
        }
        if (response.status == 403 || response.status == 404) {
            refusal_ = words_of(response);
            return Outcome::refused;
        }
        api_.fail(what, response);
    }

    // So that it has our description; GitHub would make it without one. Somebody else may make it
    // meanwhile.
    Outcome make_label(const Label& label) {
        const std::string what = "label '" + label.name + "' of " + target_.project;
        if (api_.get(what, repository_ + "/labels/" + encoded(label.name)).ok())
            return Outcome::done;
        const auto response = api_.send(
            what, "POST", repository_ + "/labels",
            {{"name", label.name}, {"description", label.description}, {"color", label.color}});
        const bool is_there =
            response.status == 422 && response.body.find("already_exists") != std::string::npos;
        return is_there ? Outcome::done : outcome_of(what, response);
    }

    std::string read_head() {
        const auto response = api_.get(request_name(), repository_ + "/pulls/" + target_.number);
        if (!response.ok()) api_.fail(request_name(), response);
        const auto pull = object_of(request_name(), response);
        return needed(request_name(), pull.contains("head") ? text_of(pull["head"], "sha") : "");
    }

    Outcome set_commit_status(const Status& status) {
        const std::string what = "status of commit " + target_.sha;
        json body{{"state", status.passed ? "success" : "failure"},
                  {"context", status.context},
                  {"description", one_line(status.description, kLongestDescription)}};
        if (!target_.details_url.empty()) body["target_url"] = target_.details_url;
        return outcome_of(what,
                          api_.send(what, "POST", repository_ + "/statuses/" + target_.sha, body));
    }

    // A run takes its annotations 50 at a time: the first with it, the others are added. Sent
    // twice, they would be there twice.
    Outcome set_check_run(const Status& status) {
        const std::string what = "check run of commit " + target_.sha;
        json output{{"title", one_line(status.description, kLongestTitle)},
                    {"summary", status.summary}};
        json body{{"name", status.context},
                  {"head_sha", target_.sha},
                  {"status", "completed"},
                  {"conclusion", status.passed ? "success" : "failure"}};
        if (!target_.details_url.empty()) body["details_url"] = target_.details_url;
        std::string id;
        std::size_t next = 0;
        do {
            output["annotations"] = json::array();
            const auto end = std::min(next + kAnnotationsAtOnce, status.annotations.size());
            for (; next < end; ++next) {
                output["annotations"].push_back(annotation_json(status.annotations[next]));
            }
            body["output"] = output;
            const auto response =
                id.empty() ? api_.send(what, "POST", repository_ + "/check-runs", body, false)
                           : api_.send(what, "PATCH", repository_ + "/check-runs/" + id,
                                       {{"output", output}}, false);
            const auto outcome = outcome_of(what, response);
            if (outcome != Outcome::done) return outcome;
            if (id.empty()) id = needed(what, text_of(object_of(what, response), "id"));
        } while (next < status.annotations.size());
        return Outcome::done;
    }

    Api api_;
    Target target_;
    std::string refusal_;
    std::optional<std::string> login_;  // of the token's user; empty: of an app
    std::string repository_;
    std::string issue_;
    bool check_run_;
};

}  // namespace

std::unique_ptr<ReviewHost> make_github(HttpClient& client, const Target& target, bool check_run) {
    return std::make_unique<Github>(client, target, check_run);
}

}  // namespace rehearse::publish
