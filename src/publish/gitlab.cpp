#include "rehearse/base/error.hpp"
#include "rehearse/base/text.hpp"
#include "rehearse/publish/review_host.hpp"

#include "publish/api.hpp"

#include <nlohmann/json.hpp>

namespace rehearse::publish {

namespace {

using nlohmann::json;

// docs.gitlab.com: what a note and a commit's status may hold.
constexpr std::size_t kNoteCharacters = 1'000'000;
constexpr std::size_t kLongestDescription = 255 - 1;  // an ellipsis comes on top

std::map<std::string, std::string> headers_for(const std::string& token) {
    std::map<std::string, std::string> headers{{"Accept", "application/json"}};
    if (!token.empty()) headers["PRIVATE-TOKEN"] = token;
    return headers;
}

class Gitlab final : public ReviewHost {
  public:
    Gitlab(HttpClient& client, const Target& target)
        : api_(client, "GitLab", "GITLAB_TOKEN", target.api_url, headers_for(target.token)),
          target_(target),
          project_("/projects/" + encoded(target.project)),
          request_(project_ + "/merge_requests/" + target.number) {}

    std::string request_name() const override {
        return "merge request " + target_.number + " of " + target_.project;
    }

    std::size_t comment_limit() const override { return kNoteCharacters; }

    std::vector<Comment> own_comments_with(const std::string& marker) override {
        std::vector<Comment> found;
        // By creation: with the default, by update, a note could move to a page that was read.
        api_.read_pages("notes of " + request_name(),
                        request_ + "/notes?order_by=created_at&sort=asc", [&](const json& page) {
                            for (const auto& note : page) {
                                auto body = text_of(note, "body");
                                if (!body.starts_with(marker) || !is_own(note)) continue;
                                found.push_back({text_of(note, "id"), std::move(body)});
                            }
                        });
        return found;
    }

    Outcome write_comment(const std::string& body) override {
        const std::string what = "note on " + request_name();
        const auto response = api_.send(what, "POST", request_ + "/notes", {{"body", body}}, false);
        if (is_unsure(response)) return Outcome::unsure;
        return outcome_of(what, response);
    }

    Outcome edit_comment(const std::string& id, const std::string& body) override {
        const std::string what = "note " + id + " on " + request_name();
        const auto response = api_.send(what, "PUT", request_ + "/notes/" + id, {{"body", body}});
        if (response.status == 404) return Outcome::gone;
        return outcome_of(what, response);
    }

    // A list of labels is one text to GitLab.
    void check_label_name(const std::string& name) const override {
        if (name.find(',') == std::string::npos) return;
        throw Error(ErrorKind::usage, "GitLab takes no label with a comma: '" + name + "'",
                    {"Give another name with --label-noisy or --label-rethink."});
    }

    std::vector<std::string> read_labels() override {
        std::vector<std::string> names;
        const auto request = read_request();
        if (!request.contains("labels")) return names;
        for (const auto& label : request["labels"]) {
            if (label.is_string()) names.push_back(label);
        }
        return names;
    }

    Outcome add_label(const Label& label) override {
        // So that it has our description; GitLab makes it without one where we may not.
        const std::string what = "label '" + label.name + "' of " + target_.project;
        if (!api_.get(what, project_ + "/labels/" + encoded(label.name)).ok()) {
            api_.send(what, "POST", project_ + "/labels",
                      {{"name", label.name},
                       {"description", label.description},
                       {"color", "#" + label.color}});
        }
        return change_labels("add_labels", label.name);
    }

    Outcome remove_label(const std::string& name) override {
        return change_labels("remove_labels", name);
    }

    Outcome set_status(const Status& status) override {
        if (target_.sha.empty()) {
            target_.sha = needed(request_name(), text_of(read_request(), "sha"));
        }
        const std::string what = "status of commit " + target_.sha;
        json body{{"state", status.passed ? "success" : "failed"},
                  {"name", status.context},
                  {"description", one_line(status.description, kLongestDescription)}};
        if (!target_.details_url.empty()) body["target_url"] = target_.details_url;
        const auto response = api_.send(what, "POST", project_ + "/statuses/" + target_.sha, body);
        // It is so already: "Cannot transition status via :succeed from :success".
        if (response.status == 400 &&
            response.body.find("from :" + std::string{body["state"]}) != std::string::npos) {
            return Outcome::done;
        }
        return outcome_of(what, response);
    }

    std::string refusal() const override { return refusal_; }

  private:
    bool is_own(const json& note) {
        const auto author = note.find("author");
        if (author == note.end()) return false;
        if (user_.empty()) {
            const std::string what = "the token's user";
            const auto response = api_.get(what, "/user");
            if (!response.ok()) api_.fail(what, response);
            user_ = needed(what, text_of(object_of(what, response), "id"));
        }
        return text_of(*author, "id") == user_;
    }

    Outcome outcome_of(const std::string& what, const Response& response) {
        if (response.ok()) return Outcome::done;
        if (response.status == 403 || response.status == 404) {
            refusal_ = words_of(response);
            return Outcome::refused;
        }
        api_.fail(what, response);
    }

    json read_request() {
        const auto response = api_.get(request_name(), request_);
        if (!response.ok()) api_.fail(request_name(), response);
        return object_of(request_name(), response);
    }

    // Adds or removes and leaves the others, whoever sets them meanwhile.
    Outcome change_labels(const char* change, const std::string& name) {
        const std::string what = "labels of " + request_name();
        return outcome_of(what, api_.send(what, "PUT", request_, {{change, name}}));
    }

    Api api_;
    Target target_;
    std::string refusal_;
    std::string user_;  // of the token, its number
    std::string project_;
    std::string request_;
};

}  // namespace

std::unique_ptr<ReviewHost> make_gitlab(HttpClient& client, const Target& target) {
    return std::make_unique<Gitlab>(client, target);
}

}  // namespace rehearse::publish
