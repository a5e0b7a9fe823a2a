#include "publish/api.hpp"

#include "rehearse/base/error.hpp"
#include "rehearse/base/text.hpp"

#include "publish/retry.hpp"

#include <nlohmann/json.hpp>

namespace rehearse::publish {

using nlohmann::json;

namespace {

constexpr std::size_t kLongestWords = 300;
constexpr int kMostRedirects = 5;
// 100 a page: more comments than any host keeps on one request.
constexpr int kMostPages = 1'000;

[[noreturn]] void fail_answer(const std::string& what) {
    throw Error(ErrorKind::delivery, what + ": the answer is not what the API says",
                {"Check that --api-url is the address of the API, not of the pages."});
}

bool is_redirect(int status) {
    return status == 301 || status == 302 || status == 307 || status == 308;
}

}  // namespace

std::string encoded(std::string_view segment) {
    constexpr std::string_view kHex = "0123456789ABCDEF";
    std::string result;
    for (const char c : segment) {
        const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
                           (c >= '0' && c <= '9') ||
                           std::string_view{"-._~"}.find(c) != std::string_view::npos;
        const auto byte = static_cast<unsigned char>(c);
        if (plain) {
            result += c;
        } else {
            result.append(1, '%').append(1, kHex[byte >> 4U]).append(1, kHex[byte & 15U]);
        }
    }
    return result;
}

std::string origin_of(std::string_view url) {
    const auto scheme = url.find("://");
    if (scheme == std::string_view::npos) return {};
    return lower_cased(url.substr(0, url.find_first_of("/?#", scheme + 3)));
}

std::string next_link(std::string_view header) {
    while (true) {
        const auto open = header.find('<');
        const auto close = header.find('>', open);
        if (open == std::string_view::npos || close == std::string_view::npos) return {};
        const auto following = header.find('<', close);
        const auto parameters = header.substr(close, following - close);
        if (parameters.find("rel=\"next\"") != std::string_view::npos ||
            parameters.find("rel=next") != std::string_view::npos) {
            return std::string{header.substr(open + 1, close - open - 1)};
        }
        if (following == std::string_view::npos) return {};
        header.remove_prefix(following);
    }
}

std::string words_of(const Response& response) {
    const auto answer = json::parse(response.body, nullptr, false);
    std::string words;
    if (answer.is_object()) {
        for (const char* field : {"message", "error_description", "error"}) {
            const auto found = answer.find(field);
            if (found == answer.end()) continue;
            words = found->is_string() ? found->get<std::string>() : found->dump();
            break;
        }
        // GitHub says what is wrong with each field beside its message.
        if (const auto errors = answer.find("errors"); errors != answer.end()) {
            words += " " + errors->dump();
        }
    }
    for (char& c : words) {
        if (static_cast<unsigned char>(c) < ' ' || c == '\x7F') c = ' ';
    }
    return one_line(words, kLongestWords);
}

bool is_unsure(const Response& response) {
    return response.status == 0 || response.status >= 500;
}

std::string text_of(const json& object, const char* field) {
    if (!object.is_object()) return {};
    const auto found = object.find(field);
    if (found == object.end()) return {};
    if (found->is_string()) return found->get<std::string>();
    return found->is_number() ? found->dump() : "";
}

json object_of(const std::string& what, const Response& response) {
    auto answer = json::parse(response.body, nullptr, false);
    if (!answer.is_object()) fail_answer(what);
    return answer;
}

std::string needed(const std::string& what, std::string text) {
    if (text.empty()) fail_answer(what);
    return text;
}

Api::Api(HttpClient& client, std::string host_name, std::string token_variable,
         std::string base_url, std::map<std::string, std::string> headers)
    : client_(client),
      host_name_(std::move(host_name)),
      token_variable_(std::move(token_variable)),
      base_url_(std::move(base_url)),
      headers_(std::move(headers)) {}

std::string Api::absolute(const std::string& reference) const {
    return reference.starts_with("/") ? origin_of(base_url_) + reference : reference;
}

void Api::fail_redirect(const std::string& what, const std::string& target) const {
    throw Error(ErrorKind::delivery,
                what + ": " + origin_of(base_url_) + " sends us on to " +
                    (origin_of(target).empty() ? "nowhere" : origin_of(target)),
                {"The token is for one host only. If that other one is right, name it with "
                 "--api-url."});
}

// GitHub answers 301 for a repository that was renamed: the same request belongs to the new place.
Response Api::exchange(const std::string& what, Request request) {
    for (int redirects = 0;; ++redirects) {
        auto response = client_.send(request);
        if (!is_redirect(response.status)) {
            check_delivered(what, request, response);
            return response;
        }
        const auto target = absolute(response.header("location"));
        if (redirects == kMostRedirects || origin_of(target) != origin_of(base_url_)) {
            fail_redirect(what, target);
        }
        request.url = target;
    }
}

Response Api::send(const std::string& what, const std::string& method, const std::string& path,
                   const json& body, bool repeatable) {
    Request request{.method = method, .url = base_url_ + path, .headers = headers_};
    if (!body.is_null()) {
        request.headers["Content-Type"] = "application/json";
        request.body = body.dump(-1, ' ', false, json::error_handler_t::replace);
    }
    request.repeatable = repeatable;
    return exchange(what, std::move(request));
}

Response Api::get(const std::string& what, const std::string& path) {
    return send(what, "GET", path, nullptr);
}

void Api::read_pages(const std::string& what, const std::string& path,
                     const std::function<void(const json&)>& take) {
    const std::string separator = path.find('?') == std::string::npos ? "?" : "&";
    const auto first = base_url_ + path + separator + "per_page=100";
    auto url = first;
    for (int page = 1; page <= kMostPages; ++page) {
        const auto response = exchange(what, {.method = "GET", .url = url, .headers = headers_});
        if (!response.ok()) fail(what, response);
        const auto list = json::parse(response.body, nullptr, false);
        if (!list.is_array()) fail_answer(what);
        take(list);
        // GitLab says the number too, which is right also behind a proxy that its links do not
        // know.
        const auto next_page = response.header("x-next-page");
        const auto link = next_link(response.header("link"));
        if (next_page.empty() && link.empty()) return;
        url = next_page.empty() ? absolute(link) : first + "&page=" + encoded(next_page);
        if (origin_of(url) != origin_of(base_url_)) fail_redirect(what, url);
    }
}

void Api::check_delivered(const std::string& what, const Request& request,
                          const Response& response) const {
    const auto host = origin_of(base_url_);
    const auto trouble = trouble_of(response);
    if (trouble == Trouble::rate_limit) {
        throw Error(
            ErrorKind::delivery,
            join({what + ": the rate limit of " + host_name_ + " is used up", response.failure},
                 " "),
            {"Publish again then, or wait longer with --timeout."});
    }
    if (trouble == Trouble::connection) {
        const bool maybe_done = !request.repeatable && !response.unsent;
        if (maybe_done) return;
        throw Error(ErrorKind::delivery, what + ": cannot reach " + host + ": " + response.failure,
                    {"Check the network and the proxy variables (https_proxy, no_proxy), or wait "
                     "longer with --timeout."});
    }
    if (response.status == 0) {
        throw Error(
            ErrorKind::delivery, what + ": cannot speak with " + host + ": " + response.failure,
            {response.too_long
                 ? "Check the address (--api-url): that is not the API of " + host_name_ + "."
                 : "Check the address (--api-url). For a certificate of your own "
                   "authority, name its file in SSL_CERT_FILE."});
    }
    if (response.status == 401) {
        throw Error(ErrorKind::delivery, host_name_ + " does not accept the token",
                    {"It is wrong, expired or revoked: make a new one and put it into " +
                     token_variable_ + "."});
    }
}

void Api::fail(const std::string& what, const Response& response) const {
    const auto words = words_of(response);
    Error error(ErrorKind::delivery, what + ": " + host_name_ + " answers " +
                                         std::to_string(response.status) +
                                         (words.empty() ? "" : ": " + words));
    if (response.status >= 500) {
        error.with_hint(
            "That is a fault of its own: publish again later, or wait longer with "
            "--timeout.");
    } else if (response.status == 404 || response.status == 403) {
        error.with_hint(
            "Check the project and the number of the request, and that the token may "
            "see them.");
    } else {
        error.with_hint(
            "Check what was given against the host's words; --dry-run shows what would "
            "be sent.");
    }
    throw error;
}

}  // namespace rehearse::publish
