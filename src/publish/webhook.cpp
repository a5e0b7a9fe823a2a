#include "rehearse/publish/webhook.hpp"

#include "rehearse/base/error.hpp"

#include <nlohmann/json.hpp>

#include <cstdlib>

namespace rehearse::publish {

namespace {

constexpr Millis kAnswersWithin = std::chrono::seconds(15);

// Slack reads <...> as a link or a mention, and nothing else but these three as markup to escape.
std::string escaped(const std::string& text) {
    std::string result;
    for (const char c : text) {
        switch (c) {
            case '&':
                result += "&amp;";
                break;
            case '<':
                result += "&lt;";
                break;
            case '>':
                result += "&gt;";
                break;
            default:
                result += c;
        }
    }
    return result;
}

std::string why(const Response& response) {
    return response.status == 0 ? response.failure : "HTTP " + std::to_string(response.status);
}

const char* what_to_do(const Response& response) {
    if (response.status >= 500) return "That is a fault of the channel's host: see its state.";
    if (response.status >= 300)
        return "Look at whether the address in REHEARSE_WEBHOOK is still that of the channel.";
    if (response.transient)
        return "Check the network and the proxy variables (https_proxy, no_proxy).";
    if (response.too_long) return "Check the address: that is no channel's.";
    return "Check the address. For a certificate of your own authority, name its file in "
           "SSL_CERT_FILE.";
}

}  // namespace

void check_webhook(const std::string& url) {
    if (url.starts_with("https://") || url.starts_with("http://")) return;
    throw Error(ErrorKind::usage, "the webhook is no http address",
                {"Set REHEARSE_WEBHOOK to the address that the channel's settings show."});
}

void post_to_webhook(HttpClient& client, const std::string& url, const std::string& text) {
    const nlohmann::json notice{{"text", escaped(text)}};
    Request request;
    request.method = "POST";
    request.url = url;
    request.headers = {{"Content-Type", "application/json"}};
    request.body = notice.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
    // A notice that is there twice is better than none.
    request.repeatable = true;
    request.timeout = kAnswersWithin;
    const Response response = client.send(request);
    if (response.ok()) return;
    Error error(ErrorKind::delivery, "the webhook did not take the notice: " + why(response));
    throw error.with_hint(what_to_do(response));
}

void post_to_webhook(const std::string& url, const std::string& text, Millis patience) {
    const auto environment = [](const std::string& name) -> std::string {
        const char* value = std::getenv(name.c_str());
        return value == nullptr ? "" : value;
    };
    const auto client = make_http_client("rehearse", ca_file(environment));
    const auto time = make_timekeeper();
    // The pauses are short, and a word about them might name the address.
    const auto retrying = with_retries(*client, *time, patience, [](const std::string&) {});
    post_to_webhook(*retrying, url, text);
}

}  // namespace rehearse::publish
