#include "publish/retry.hpp"

#include "rehearse/base/interrupt.hpp"
#include "rehearse/base/text.hpp"

#include <poll.h>

#include <algorithm>
#include <charconv>
#include <ctime>
#include <random>

namespace rehearse::publish {

namespace {

constexpr Millis kFirstPause = std::chrono::seconds(1);
constexpr Millis kUnnoticedPause = std::chrono::seconds(3);
constexpr Millis kLongestPause = std::chrono::seconds(30);
// What GitHub's manual asks for after a secondary limit that names no time.
constexpr Millis kRateLimitPause = std::chrono::minutes(1);

std::optional<long long> whole_number(std::string_view text) {
    long long value = 0;
    const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (failure != std::errc{} || end != text.data() + text.size()) return std::nullopt;
    return value;
}

std::optional<WallClock::time_point> http_date(const std::string& text) {
    std::tm utc{};
    const char* rest = strptime(text.c_str(), "%a, %d %b %Y %H:%M:%S GMT", &utc);
    if (rest == nullptr || *rest != '\0') return std::nullopt;
    return WallClock::from_time_t(timegm(&utc));
}

// GitHub's names and GitLab's.
std::string limit_header(const Response& response, const std::string& what) {
    const auto value = response.header("x-ratelimit-" + what);
    return value.empty() ? response.header("ratelimit-" + what) : value;
}

class RealTime final : public Timekeeper {
  public:
    Clock::time_point now() override { return Clock::now(); }
    WallClock::time_point wall_now() override { return WallClock::now(); }
    double random() override { return std::uniform_real_distribution<>{}(engine_); }

    void sleep(Millis span) override {
        const auto until = Clock::now() + std::chrono::duration_cast<Clock::duration>(span);
        while (true) {
            Interrupt::throw_if_requested();
            const auto left = Millis{until - Clock::now()};
            if (left.count() <= 0) return;
            pollfd interrupt{Interrupt::fd(), POLLIN, 0};
            poll(&interrupt, 1, static_cast<int>(std::min(left.count() + 1, 3'600'000.0)));
        }
    }

  private:
    std::minstd_rand engine_{std::random_device{}()};
};

std::string why_wait(const Response& response, Trouble trouble) {
    if (trouble == Trouble::rate_limit) return "the host's rate limit is used up";
    return response.status == 0 ? response.failure
                                : "the host answers " + std::to_string(response.status);
}

class RetryingClient final : public HttpClient {
  public:
    RetryingClient(HttpClient& client, Timekeeper& time, Millis patience, Tell tell)
        : client_(client),
          time_(time),
          tell_(std::move(tell)),
          until_(time.now() + std::chrono::duration_cast<Clock::duration>(patience)) {}

    Response send(const Request& asked) override {
        Request request = asked;
        for (int tried = 1;; ++tried) {
            request.timeout = std::clamp(left(), kFirstPause, asked.timeout);
            auto response = client_.send(request);
            const auto trouble = trouble_of(response);
            if (trouble == Trouble::none) return response;
            const auto asked_for = asked_pause(response, time_.wall_now());
            const auto pause = asked_for ? *asked_for + kFirstPause * (0.5 + time_.random() / 2)
                                         : own_pause(trouble, tried, time_.random());
            if (pause > left()) {
                if (asked_for) response.failure = "for another " + format_duration(*asked_for);
                return response;
            }
            if (pause > kUnnoticedPause) {
                tell_(why_wait(response, trouble) + ", trying again in " + format_duration(pause));
            }
            time_.sleep(pause);
            const bool came_to_nothing = response.unsent || trouble == Trouble::rate_limit;
            if (!request.repeatable && !came_to_nothing) return response;
        }
    }

  private:
    Millis left() const { return Millis{until_ - time_.now()}; }

    HttpClient& client_;
    Timekeeper& time_;
    Tell tell_;
    Clock::time_point until_;
};

}  // namespace

Trouble trouble_of(const Response& response) {
    if (response.status == 0) return response.transient ? Trouble::connection : Trouble::none;
    if (response.status == 429) return Trouble::rate_limit;
    if (response.status == 403) {
        const bool limited = !response.header("retry-after").empty() ||
                             limit_header(response, "remaining") == "0" ||
                             lower_cased(response.body).find("rate limit") != std::string::npos;
        return limited ? Trouble::rate_limit : Trouble::none;
    }
    if (response.status == 408 || response.status >= 500) return Trouble::server;
    return Trouble::none;
}

std::optional<Millis> asked_pause(const Response& response, WallClock::time_point now) {
    const auto until = [now](WallClock::time_point then) {
        return std::max(Millis{then - now}, Millis{});
    };
    const auto after = response.header("retry-after");
    if (const auto seconds = whole_number(after)) {
        return Millis{std::chrono::seconds(std::clamp(*seconds, 0LL, 1'000'000LL))};
    }
    if (const auto date = http_date(after)) return until(*date);
    if (limit_header(response, "remaining") != "0") return std::nullopt;
    const auto reset = whole_number(limit_header(response, "reset"));
    if (!reset) return std::nullopt;
    // The window's end is told in whole seconds.
    return until(WallClock::from_time_t(static_cast<std::time_t>(*reset) + 1));
}

Millis own_pause(Trouble trouble, int tried, double random) {
    const double doubled = 1 << std::min(tried - 1, 10);
    if (trouble == Trouble::rate_limit) return kRateLimitPause * doubled * (1 + random / 4);
    return std::min(kFirstPause * doubled, kLongestPause) * (0.5 + random / 2);
}

std::unique_ptr<Timekeeper> make_timekeeper() {
    return std::make_unique<RealTime>();
}

std::unique_ptr<HttpClient> with_retries(HttpClient& client, Timekeeper& time, Millis patience,
                                         Tell tell) {
    return std::make_unique<RetryingClient>(client, time, patience, std::move(tell));
}

}  // namespace rehearse::publish
