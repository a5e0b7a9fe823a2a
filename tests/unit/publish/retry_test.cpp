#include "publish/retry.hpp"

#include "unit/publish/scripted_http.hpp"

#include <gmock/gmock.h>

namespace rehearse::publish::test {

namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
const Tell kNobody = [](const std::string&) {};
using Headers = std::map<std::string, std::string>;

Response no_connection() {
    return {.failure = "could not connect", .unsent = true, .transient = true};
}

Response lost() {
    return {.failure = "timed out", .transient = true};
}

}  // namespace

TEST(Retry, KnowsWhatPasses) {
    const struct {
        const char* what;
        Response response;
        Trouble trouble;
    } cases[] = {
        {"an answer", {.status = 200}, Trouble::none},
        {"wrong token", {.status = 401}, Trouble::none},
        {"no right",
         {.status = 403, .body = R"({"message":"Resource not accessible by integration"})"},
         Trouble::none},
        {"limits that are not used up",
         {.status = 403, .headers = {{"x-ratelimit-remaining", "41"}}},
         Trouble::none},
        {"primary limit",
         {.status = 403, .headers = {{"x-ratelimit-remaining", "0"}}},
         Trouble::rate_limit},
        {"secondary limit",
         {.status = 403, .body = "You have exceeded a secondary rate limit"},
         Trouble::rate_limit},
        {"secondary limit with a time",
         {.status = 403, .headers = {{"retry-after", "3"}}},
         Trouble::rate_limit},
        {"GitLab's limit", {.status = 429}, Trouble::rate_limit},
        {"bad gateway", {.status = 502}, Trouble::server},
        {"no connection", no_connection(), Trouble::connection},
        {"bad certificate", {.failure = "certificate has expired"}, Trouble::none},
    };
    for (const auto& [what, response, trouble] : cases) {
        EXPECT_EQ(trouble_of(response), trouble) << what;
    }
}

TEST(Retry, WaitsAsLongAsTheServerAsks) {
    const auto now = WallClock::from_time_t(1'000'000);
    const struct {
        const char* what;
        Headers headers;
        std::optional<double> seconds;
    } cases[] = {
        {"nothing said", {}, std::nullopt},
        {"seconds", {{"retry-after", "7"}}, 7},
        {"a date", {{"retry-after", "Mon, 12 Jan 1970 13:46:50 GMT"}}, 10},
        {"a date that is over", {{"retry-after", "Mon, 12 Jan 1970 13:46:30 GMT"}}, 0},
        {"nonsense", {{"retry-after", "soon"}}, std::nullopt},
        {"GitHub's window", {{"x-ratelimit-remaining", "0"}, {"x-ratelimit-reset", "1000059"}}, 60},
        {"GitLab's window", {{"ratelimit-remaining", "0"}, {"ratelimit-reset", "1000059"}}, 60},
        {"a window with room",
         {{"x-ratelimit-remaining", "1"}, {"x-ratelimit-reset", "1000059"}},
         std::nullopt},
    };
    for (const auto& [what, headers, seconds] : cases) {
        const auto pause = asked_pause({.status = 403, .headers = headers}, now);
        EXPECT_EQ(pause ? std::optional{pause->count() / 1'000} : std::nullopt, seconds) << what;
    }
}

TEST(Retry, WaitsLongerEachTimeAndSpreadsTheCrowd) {
    EXPECT_EQ(own_pause(Trouble::server, 1, 1).count(), 1'000);
    EXPECT_EQ(own_pause(Trouble::server, 1, 0).count(), 500);
    EXPECT_EQ(own_pause(Trouble::server, 4, 1).count(), 8'000);
    EXPECT_EQ(own_pause(Trouble::server, 40, 1).count(), 30'000);
    EXPECT_EQ(own_pause(Trouble::rate_limit, 1, 0).count(), 60'000);
    EXPECT_EQ(own_pause(Trouble::rate_limit, 2, 1).count(), 150'000);
}

TEST(Retry, SendsAgainUntilItGoesWell) {
    ScriptedHttp http{no_connection(), {.status = 502}, lost(), {.status = 200}};
    FakeTime time;
    const auto client = with_retries(http, time, std::chrono::minutes(2), kNobody);
    EXPECT_EQ(client->send({.method = "GET", .url = "https://h/x"}).status, 200);
    EXPECT_THAT(time.slept, ElementsAre(0.5, 1, 2));
}

TEST(Retry, GivesBackTheLastAnswerWhenPatienceEnds) {
    ScriptedHttp http{{.status = 503}, {.status = 503}, {.status = 503}};
    FakeTime time;
    const auto client = with_retries(http, time, std::chrono::milliseconds(1'900), kNobody);
    EXPECT_EQ(client->send({.method = "GET", .url = "https://h/x"}).status, 503);
    EXPECT_THAT(time.slept, ElementsAre(0.5, 1));
}

TEST(Retry, ALongPauseIsToldAndAShortOneIsNot) {
    ScriptedHttp http{
        {.status = 503}, {.status = 429, .headers = {{"retry-after", "7"}}}, {.status = 200}};
    FakeTime time;
    std::vector<std::string> told;
    const auto client = with_retries(http, time, std::chrono::minutes(2),
                                     [&](const auto& text) { told.push_back(text); });
    EXPECT_EQ(client->send({.method = "GET", .url = "https://h/x"}).status, 200);
    EXPECT_THAT(told, ElementsAre("the host's rate limit is used up, trying again in 7.50 s"));
}

TEST(Retry, PatienceIsForAllRequestsTogether) {
    ScriptedHttp http{{.status = 503}, {.status = 200}, {.status = 503}};
    FakeTime time;
    const auto client = with_retries(http, time, std::chrono::milliseconds(600), kNobody);
    EXPECT_EQ(client->send({.method = "GET", .url = "https://h/x"}).status, 200);
    EXPECT_EQ(client->send({.method = "GET", .url = "https://h/x"}).status, 503);
    EXPECT_THAT(time.slept, ElementsAre(0.5));
}

TEST(Retry, ALimitThatLastsLongerThanPatienceSaysHowLong) {
    ScriptedHttp http{{.status = 429, .headers = {{"retry-after", "600"}}}};
    FakeTime time;
    const auto client = with_retries(http, time, std::chrono::minutes(2), kNobody);
    EXPECT_EQ(client->send({.method = "GET", .url = "https://h/x"}).failure, "for another 10 min");
    EXPECT_THAT(time.slept, IsEmpty());
}

TEST(Retry, WhatWouldBeThereTwiceIsSentAgainOnlyWhenItSurelyCameToNothing) {
    const struct {
        const char* what;
        Response first;
        bool again;
    } cases[] = {
        {"no connection", no_connection(), true},
        {"rate limit", {.status = 429}, true},
        {"bad gateway", {.status = 502}, false},
        {"connection lost", lost(), false},
    };
    for (const auto& [what, first, again] : cases) {
        ScriptedHttp http{first};
        if (again) http.then({.status = 201});
        FakeTime time;
        const auto client = with_retries(http, time, std::chrono::minutes(2), kNobody);
        const auto response =
            client->send({.method = "POST", .url = "https://h/x", .repeatable = false});
        EXPECT_EQ(response.status, again ? 201 : first.status) << what;
        EXPECT_EQ(time.slept.size(), 1U) << what;
    }
}

TEST(Retry, ARequestMayNotTakeLongerThanPatience) {
    ScriptedHttp http{{.status = 200}};
    FakeTime time;
    with_retries(http, time, std::chrono::seconds(5), kNobody)
        ->send({.method = "GET", .url = "https://h/"});
    EXPECT_EQ(http.requests[0].timeout, Millis{5'000});
}

}  // namespace rehearse::publish::test
