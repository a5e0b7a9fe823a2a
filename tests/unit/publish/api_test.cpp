#include "publish/api.hpp"

#include "rehearse/base/error.hpp"

#include "unit/publish/scripted_http.hpp"

#include <gmock/gmock.h>
#include <nlohmann/json.hpp>

namespace rehearse::publish::test {

namespace {

using nlohmann::json;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

Api api_on(HttpClient& client) {
    return {client, "GitHub", "GITHUB_TOKEN", "https://api.test/v3", {{"Authorization", "secret"}}};
}

std::vector<int> read_all(HttpClient& client) {
    std::vector<int> all;
    api_on(client).read_pages("comments", "/comments", [&](const json& page) {
        for (const auto& each : page) all.push_back(each);
    });
    return all;
}

Error refusal_of(const std::function<void()>& action) {
    try {
        action();
    } catch (const Error& error) {
        return error;
    }
    ADD_FAILURE() << "nothing was thrown";
    return {ErrorKind::internal, ""};
}

}  // namespace

TEST(Api, FindsTheNextLink) {
    const std::pair<const char*, const char*> cases[] = {
        {"", ""},
        {R"(<https://h/x?page=2>; rel="next", <https://h/x?page=9>; rel="last")",
         "https://h/x?page=2"},
        {R"(<https://h/x?page=1>; rel="prev", <https://h/x?page=3>; rel="next")",
         "https://h/x?page=3"},
        {R"(<https://h/x?a=1,2>; rel="first", <https://h/x?a=1,2&page=3>; rel=next)",
         "https://h/x?a=1,2&page=3"},
        {R"(<https://h/x?page=1>; rel="prev")", ""},
        {"<https://h/x", ""},
    };
    for (const auto& [header, next] : cases) EXPECT_EQ(next_link(header), next) << header;
}

TEST(Api, EncodesNames) {
    EXPECT_EQ(encoded("rehearse: noisy/ä"), "rehearse%3A%20noisy%2F%C3%A4");
    EXPECT_EQ(encoded("a-b._~9"), "a-b._~9");
}

TEST(Api, ReadsToTheLastPage) {
    ScriptedHttp http{
        {.status = 200,
         .headers = {{"link", R"(<https://api.test/v3/comments?page=2>; rel="next")"}},
         .body = "[1,2]"},
        {.status = 200,
         .headers = {{"link", R"(</v3/comments?page=3>; rel="next")"}},
         .body = "[3]"},
        {.status = 200, .headers = {{"x-next-page", "4"}}, .body = "[4]"},
        {.status = 200, .headers = {{"x-next-page", ""}}, .body = "[5]"},
    };
    EXPECT_THAT(read_all(http), ElementsAre(1, 2, 3, 4, 5));
    EXPECT_THAT(http.lines(),
                ElementsAre("GET /v3/comments?per_page=100", "GET /v3/comments?page=2",
                            "GET /v3/comments?page=3", "GET /v3/comments?per_page=100&page=4"));
}

TEST(Api, TheTokenGoesToItsOwnHostOnly) {
    const Response answers[] = {
        {.status = 200,
         .headers = {{"link", R"(<https://evil.test/comments?page=2>; rel="next")"}},
         .body = "[]"},
        {.status = 302, .headers = {{"location", "https://evil.test/v3/comments"}}},
        {.status = 302, .headers = {{"location", "http://api.test/v3/comments"}}},
        {.status = 302, .headers = {{"location", "https://api.test.evil/v3/comments"}}},
        {.status = 302, .headers = {{"location", "https://api.test@evil.test/"}}},
        {.status = 302},
    };
    for (const auto& answer : answers) {
        ScriptedHttp http{answer};
        const auto error = refusal_of([&] { read_all(http); });
        EXPECT_EQ(error.kind(), ErrorKind::delivery);
        EXPECT_THAT(error.message(), HasSubstr("https://api.test sends us on to"));
        EXPECT_EQ(http.requests.size(), 1U);
    }
}

TEST(Api, ARenamedRepositoryIsFollowedWithTheSameRequest) {
    ScriptedHttp http{{.status = 301, .headers = {{"location", "https://api.test/v3/new"}}},
                      {.status = 201}};
    EXPECT_EQ(api_on(http).send("comment", "POST", "/old", {{"body", "x"}}).status, 201);
    EXPECT_THAT(http.lines(), ElementsAre("POST /v3/old", "POST /v3/new"));
    EXPECT_EQ(http.requests[1].body, R"({"body":"x"})");
}

TEST(Api, ACircleOfRedirectsEnds) {
    ScriptedHttp http{};
    for (int i = 0; i < 6; ++i) http.then({.status = 301, .headers = {{"location", "/v3/a"}}});
    EXPECT_EQ(refusal_of([&] { api_on(http).get("comments", "/a"); }).kind(), ErrorKind::delivery);
}

TEST(Api, SaysWhatIsInTheWayAndWhatToDo) {
    const struct {
        Response response;
        const char* message;
        const char* hint;
    } cases[] = {
        {{.status = 401}, "GitHub does not accept the token", "GITHUB_TOKEN"},
        {{.status = 429, .failure = "for another 41 min"},
         "the rate limit of GitHub is used up for another 41 min",
         "--timeout"},
        {{.failure = "could not resolve host", .unsent = true, .transient = true},
         "cannot reach https://api.test: could not resolve host",
         "https_proxy"},
        {{.failure = "certificate has expired"}, "certificate has expired", "certificate"},
        {{.status = 502}, "GitHub answers 502", "publish again later"},
        {{.status = 404, .body = R"({"message":"Not Found"})"},
         "GitHub answers 404: Not Found",
         "number of the request"},
        {{.status = 200, .body = "<html>"}, "not what the API says", "--api-url"},
        {{.status = 200, .body = "{}"}, "not what the API says", "--api-url"},
        {{.status = 422, .body = "{\"message\":\"Bad\\u001b[31m\\nthing\",\"errors\":[1]}"},
         "GitHub answers 422: Bad [31m thing [1]",
         "--dry-run"},
    };
    for (const auto& [response, message, hint] : cases) {
        ScriptedHttp http{response};
        const auto error = refusal_of([&] { read_all(http); });
        EXPECT_EQ(error.kind(), ErrorKind::delivery);
        EXPECT_THAT(error.message(), HasSubstr(message));
        EXPECT_THAT(error.hints(), ::testing::Contains(HasSubstr(hint)));
        EXPECT_THAT(render_error(error), ::testing::Not(HasSubstr("secret")));
    }
}

}  // namespace rehearse::publish::test
