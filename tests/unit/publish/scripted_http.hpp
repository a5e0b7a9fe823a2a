#pragma once

#include "rehearse/base/files.hpp"
#include "rehearse/publish/http_client.hpp"
#include "rehearse/report/report.hpp"

#include <gtest/gtest.h>

#include <deque>
#include <string>
#include <vector>

namespace rehearse::publish::test {

// Answers in turn; a request too many fails the test.
class ScriptedHttp final : public HttpClient {
  public:
    ScriptedHttp(std::initializer_list<Response> answers) : answers_(answers) {}
    ~ScriptedHttp() override { EXPECT_TRUE(answers_.empty()) << answers_.size() << " not asked"; }

    void then(Response answer) { answers_.push_back(std::move(answer)); }

    Response send(const Request& request) override {
        requests.push_back(request);
        if (answers_.empty()) {
            ADD_FAILURE() << "unexpected " << request.method << " " << request.url;
            return {.status = 418};
        }
        auto answer = std::move(answers_.front());
        answers_.pop_front();
        return answer;
    }

    // "POST /repos/acme/shop/issues/12/comments"
    std::vector<std::string> lines() const {
        std::vector<std::string> all;
        for (const auto& request : requests) {
            const auto path = request.url.find('/', request.url.find("://") + 3);
            all.push_back(request.method + " " + request.url.substr(path));
        }
        return all;
    }

    std::vector<Request> requests;

  private:
    std::deque<Response> answers_;
};

// Time passes when somebody sleeps.
class FakeTime final : public Timekeeper {
  public:
    Clock::time_point now() override { return now_; }
    WallClock::time_point wall_now() override { return WallClock::from_time_t(1'000'000); }
    double random() override { return 0; }
    void sleep(Millis span) override {
        slept.push_back(span.count() / 1'000);
        now_ += std::chrono::duration_cast<Clock::duration>(span);
    }

    std::vector<double> slept;  // seconds

  private:
    Clock::time_point now_{};
};

inline report::Report demo_report() {
    return report::parse_json(
        read_file(REHEARSE_SOURCE_DIR "/tests/unit/report/golden/demo/report.json"));
}

}  // namespace rehearse::publish::test
