#pragma once

#include "rehearse/base/time.hpp"

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>

namespace rehearse::publish {

struct Request {
    std::string method;  // GET, POST, PUT, PATCH, DELETE
    std::string url;
    std::map<std::string, std::string> headers{};
    std::string body{};
    // False: done twice it would be there twice, so it is not sent again unless it surely came to
    // nothing.
    bool repeatable = true;
    Millis timeout = std::chrono::seconds(30);
};

struct Response {
    int status = 0;                                // 0: no answer, see `failure`
    std::map<std::string, std::string> headers{};  // names in lower case
    std::string body{};
    // Why there is no answer ("could not resolve host: api.github.com"), or how long a limit lasts
    // that patience does not ("for another 41 min").
    std::string failure{};
    // Of a failure: the server cannot have seen the request; another try may go better.
    bool unsent = false;
    bool transient = false;
    bool too_long = false;  // there was more of it than any host that we know sends

    bool ok() const { return status >= 200 && status < 300; }
    std::string header(const std::string& name) const;  // empty when it is not there
};

// One request, one answer, whatever it is. Redirects are not followed.
class HttpClient {
  public:
    virtual ~HttpClient() = default;
    virtual Response send(const Request& request) = 0;
};

// The certificates' file that curl's and OpenSSL's programs take: CURL_CA_BUNDLE, SSL_CERT_FILE, or
// what `more` names; empty where none is set.
using Environment = std::function<std::string(const std::string& name)>;  // empty: not set
std::string ca_file(const Environment& environment, const std::string& more = "");

// libcurl: certificates are checked, against those in `ca_file` or, where it is empty, the
// system's; proxies are those of libcurl's environment variables. An interrupt ends a transfer and
// throws Error(interrupted).
std::unique_ptr<HttpClient> make_http_client(const std::string& user_agent,
                                             const std::string& ca_file = "");

// Time for those who wait between two tries.
class Timekeeper {
  public:
    virtual ~Timekeeper() = default;
    virtual Clock::time_point now() = 0;
    virtual WallClock::time_point wall_now() = 0;
    // Throws Error(interrupted) when an interrupt ends it.
    virtual void sleep(Millis span) = 0;
    virtual double random() = 0;  // 0 to 1
};

std::unique_ptr<Timekeeper> make_timekeeper();

// Sends again what failed for a reason that passes: no connection, 5xx, rate limits; as long as the
// server asks for, else longer each time. Gives back the last answer when `patience`, counted from
// now on over all requests, would run out, and that of a request that may not be repeated after the
// pause. `tell` hears of each pause that a reader would wonder at.
using Tell = std::function<void(const std::string& text)>;
std::unique_ptr<HttpClient> with_retries(HttpClient& client, Timekeeper& time, Millis patience,
                                         Tell tell);

}  // namespace rehearse::publish
