#pragma once

#include "rehearse/publish/review_host.hpp"

#include <nlohmann/json_fwd.hpp>

#include <functional>
#include <map>
#include <string>

namespace rehearse::publish {

// A name for one segment of a path: all but letters, digits and -._~ is percent-encoded.
std::string encoded(std::string_view segment);

// "https://host:port" of a URL; empty when it is none.
std::string origin_of(std::string_view url);

// The reference of rel="next" in a Link header (RFC 8288), empty on the last page.
std::string next_link(std::string_view header);

// The host's own words for a refusal, on one line.
std::string words_of(const Response& response);

// JSON over HTTP with one host. The token goes to the origin of its base URL and nowhere else.
class Api {
  public:
    Api(HttpClient& client, std::string host_name, std::string token_variable, std::string base_url,
        std::map<std::string, std::string> headers);

    // The answer, whatever it is, but for those that end a delivery: no answer, a token that is not
    // accepted, a limit that outlasts all patience. Those are thrown as Error(delivery). `what`
    // ("the comment") begins its message.
    Response send(const std::string& what, const std::string& method, const std::string& path,
                  const nlohmann::json& body, bool repeatable = true);
    Response get(const std::string& what, const std::string& path);

    // Calls `take` with each page's JSON, to the last page. Throws Error(delivery) for an answer
    // that is no list.
    void read_pages(const std::string& what, const std::string& path,
                    const std::function<void(const nlohmann::json&)>& take);

    // Throws Error(delivery) for an answer that nothing was expected to do about.
    [[noreturn]] void fail(const std::string& what, const Response& response) const;

  private:
    Response exchange(const std::string& what, Request request);
    [[noreturn]] void fail_redirect(const std::string& what, const std::string& target) const;
    std::string absolute(const std::string& reference) const;
    void check_delivered(const std::string& what, const Request& request,
                         const Response& response) const;

    HttpClient& client_;
    std::string host_name_;
    std::string token_variable_;
    std::string base_url_;
    std::map<std::string, std::string> headers_;
};

// The host failed half-way: what was asked for may be done or not.
bool is_unsure(const Response& response);

// A field's text, a number's too; empty where there is none.
std::string text_of(const nlohmann::json& object, const char* field);

// The answer's object; throws Error(delivery) when it is none.
nlohmann::json object_of(const std::string& what, const Response& response);

// The text itself; throws Error(delivery) where the answer had none.
std::string needed(const std::string& what, std::string text);

}  // namespace rehearse::publish
