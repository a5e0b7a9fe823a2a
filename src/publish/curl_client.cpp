#include "rehearse/base/error.hpp"
#include "rehearse/base/interrupt.hpp"
#include "rehearse/base/text.hpp"
#include "rehearse/publish/http_client.hpp"

#include <curl/curl.h>

#include <array>
#include <mutex>

namespace rehearse::publish {

namespace {

// More than the largest page of comments; a server that sends more is not who we take it for.
constexpr std::size_t kLargestAnswer = std::size_t{32} << 20;
constexpr long kConnectMs = 10'000;

struct CurlDeleter {
    void operator()(CURL* handle) const { curl_easy_cleanup(handle); }
    void operator()(curl_slist* list) const { curl_slist_free_all(list); }
};
using Headers = std::unique_ptr<curl_slist, CurlDeleter>;

struct Body {
    std::string text;
    bool too_long = false;
};

std::size_t take_body(const char* data, std::size_t, std::size_t size, void* to) {
    auto& body = *static_cast<Body*>(to);
    body.too_long = body.text.size() + size > kLargestAnswer;
    if (body.too_long) return 0;
    body.text.append(data, size);
    return size;
}

std::size_t take_header(const char* data, std::size_t, std::size_t size, void* to) {
    auto& headers = *static_cast<std::map<std::string, std::string>*>(to);
    const std::string_view line{data, size};
    // A proxy's answer to CONNECT comes first; only the last block counts.
    if (line.starts_with("HTTP/")) headers.clear();
    if (const auto colon = line.find(':'); colon != std::string_view::npos) {
        auto& value = headers[lower_cased(trimmed(line.substr(0, colon)))];
        if (!value.empty()) value += ", ";
        value += trimmed(line.substr(colon + 1));
    }
    return size;
}

int stop_if_interrupted(void*, curl_off_t, curl_off_t, curl_off_t, curl_off_t) {
    return Interrupt::requested() ? 1 : 0;
}

bool never_reached_the_server(CURLcode code) {
    return code == CURLE_COULDNT_RESOLVE_HOST || code == CURLE_COULDNT_RESOLVE_PROXY ||
           code == CURLE_COULDNT_CONNECT;
}

bool may_pass(CURLcode code) {
    return never_reached_the_server(code) || code == CURLE_OPERATION_TIMEDOUT ||
           code == CURLE_SEND_ERROR || code == CURLE_RECV_ERROR || code == CURLE_GOT_NOTHING ||
           code == CURLE_PARTIAL_FILE || code == CURLE_HTTP2 || code == CURLE_HTTP2_STREAM ||
           code == CURLE_SSL_CONNECT_ERROR;
}

class CurlClient final : public HttpClient {
  public:
    CurlClient(std::string user_agent, std::string ca_file)
        : user_agent_(std::move(user_agent)), ca_file_(std::move(ca_file)) {
        static std::once_flag once;
        std::call_once(once, [] { curl_global_init(CURL_GLOBAL_DEFAULT); });
        handle_.reset(curl_easy_init());
        if (!handle_) throw Error(ErrorKind::internal, "libcurl gives no handle");
    }

    Response send(const Request& request) override {
        Interrupt::throw_if_requested();
        Response response;
        Body body;
        std::array<char, CURL_ERROR_SIZE> reason{};
        const auto headers = prepare(request, response, body, reason.data());
        const CURLcode code = curl_easy_perform(handle_.get());
        Interrupt::throw_if_requested();
        // libcurl would speak of a full disk.
        if (body.too_long) return {.failure = "its answer is longer than 32 MB", .too_long = true};
        if (code != CURLE_OK) {
            const std::string words = reason[0] != '\0' ? reason.data() : curl_easy_strerror(code);
            return {.failure = one_line(words, 300),
                    .unsent = never_reached_the_server(code),
                    .transient = may_pass(code)};
        }
        long status = 0;
        curl_easy_getinfo(handle_.get(), CURLINFO_RESPONSE_CODE, &status);
        response.status = static_cast<int>(status);
        response.body = std::move(body.text);
        return response;
    }

  private:
    template <typename Value>
    void set(CURLoption option, Value value) {
        curl_easy_setopt(handle_.get(), option, value);
    }

    // The list must live as long as the transfer. Connections are kept from one to the next.
    Headers prepare(const Request& request, Response& response, Body& body, char* reason) {
        curl_easy_reset(handle_.get());
        set(CURLOPT_URL, request.url.c_str());
        set(CURLOPT_PROTOCOLS_STR, "http,https");
        set(CURLOPT_CUSTOMREQUEST, request.method.c_str());
        set(CURLOPT_USERAGENT, user_agent_.c_str());
        set(CURLOPT_ACCEPT_ENCODING, "");
        set(CURLOPT_NOSIGNAL, 1L);
        if (!ca_file_.empty()) set(CURLOPT_CAINFO, ca_file_.c_str());
        set(CURLOPT_SSLVERSION, static_cast<long>(CURL_SSLVERSION_TLSv1_2));
        set(CURLOPT_CONNECTTIMEOUT_MS, kConnectMs);
        set(CURLOPT_TIMEOUT_MS, std::max(1L, static_cast<long>(request.timeout.count())));
        set(CURLOPT_ERRORBUFFER, reason);
        set(CURLOPT_WRITEFUNCTION, take_body);
        set(CURLOPT_WRITEDATA, &body);
        set(CURLOPT_HEADERFUNCTION, take_header);
        set(CURLOPT_HEADERDATA, &response.headers);
        // On a connection that died meanwhile, libcurl sends a request twice.
        set(CURLOPT_FRESH_CONNECT, request.repeatable ? 0L : 1L);
        set(CURLOPT_NOPROGRESS, 0L);
        set(CURLOPT_XFERINFOFUNCTION, stop_if_interrupted);
        Headers headers;
        for (const auto& [name, value] : request.headers) {
            headers.reset(curl_slist_append(headers.release(), (name + ": " + value).c_str()));
        }
        if (request.method != "GET" && request.method != "DELETE") {
            set(CURLOPT_POSTFIELDS, request.body.c_str());
            set(CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(request.body.size()));
            // No waiting for "100 Continue", which small servers never say.
            headers.reset(curl_slist_append(headers.release(), "Expect:"));
        }
        set(CURLOPT_HTTPHEADER, headers.get());
        return headers;
    }

    std::string user_agent_;
    std::string ca_file_;
    std::unique_ptr<CURL, CurlDeleter> handle_;
};

}  // namespace

std::string Response::header(const std::string& name) const {
    const auto found = headers.find(name);
    return found == headers.end() ? "" : found->second;
}

std::string ca_file(const Environment& environment, const std::string& more) {
    for (const auto& name : {std::string{"CURL_CA_BUNDLE"}, std::string{"SSL_CERT_FILE"}, more}) {
        if (name.empty()) continue;
        if (auto file = environment(name); !file.empty()) return file;
    }
    return {};
}

std::unique_ptr<HttpClient> make_http_client(const std::string& user_agent,
                                             const std::string& ca_file) {
    return std::make_unique<CurlClient>(user_agent, ca_file);
}

}  // namespace rehearse::publish
