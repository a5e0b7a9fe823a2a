#include "rehearse/base/error.hpp"
#include "rehearse/publish/review_host.hpp"

#include "unit/publish/scripted_http.hpp"

#include <gmock/gmock.h>
#include <nlohmann/json.hpp>

namespace rehearse::publish::test {

namespace {

using nlohmann::json;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

Target target() {
    return {.api_url = "https://h",
            .project = "acme/shop",
            .number = "12",
            .sha = "abc",
            .token = "secret-token",
            .details_url = "https://ci/1"};
}

Response no_right() {
    return {.status = 403, .body = R"({"message":"Resource not accessible by integration"})"};
}

Status status_with(std::size_t annotations) {
    Status status{.context = "rehearse", .passed = false, .description = "rethink: x"};
    status.summary = "summary";
    for (std::size_t i = 1; i <= annotations; ++i) {
        status.annotations.push_back({"m/1.sql", static_cast<int>(i), "warning", "rule", "seen"});
    }
    return status;
}

}  // namespace

TEST(Github, CommentsThatBeginWithTheMarkerAreOurs) {
    ScriptedHttp http{{.status = 200, .body = R"([
        {"id": 1, "body": "> <!-- m -->\nquoted", "user": {"login": "bot"}},
        {"id": 2, "body": null, "user": {"login": "bot"}},
        {"id": 3, "body": "<!-- m -->\nof somebody else", "user": {"login": "mallory"}},
        {"id": 4, "body": "<!-- m -->\nof nobody", "user": null},
        {"id": 9007199254740993, "body": "<!-- m -->\nours", "user": {"login": "bot"}}])"},
                      {.status = 200, .body = R"({"login": "bot"})"}};
    const auto comments = make_github(http, target(), false)->own_comments_with("<!-- m -->");
    ASSERT_EQ(comments.size(), 1U);
    EXPECT_EQ(comments[0].id, "9007199254740993");
    EXPECT_EQ(http.requests[0].headers.at("Authorization"), "Bearer secret-token");
}

TEST(Github, AnswersToAWriteAreTold) {
    const std::pair<Response, Outcome> cases[] = {
        {{.status = 201}, Outcome::done},
        {no_right(), Outcome::refused},
        {{.status = 404}, Outcome::refused},
        {{.status = 502}, Outcome::unsure},
        {{.failure = "timed out", .transient = true}, Outcome::unsure},
    };
    for (const auto& [response, outcome] : cases) {
        ScriptedHttp http{response};
        EXPECT_EQ(make_github(http, target(), false)->write_comment("x"), outcome)
            << response.status;
        EXPECT_FALSE(http.requests[0].repeatable);
    }
}

TEST(Github, ALockedPullRequestIsAnErrorWithAWayOut) {
    ScriptedHttp http{
        {.status = 403,
         .body = R"({"message":"Unable to create comment because issue is locked."})"}};
    try {
        make_github(http, target(), false)->write_comment("x");
        FAIL();
    } catch (const Error& error) {
        EXPECT_EQ(error.kind(), ErrorKind::delivery);
        EXPECT_EQ(error.message(), "pull request 12 of acme/shop is locked");
        EXPECT_THAT(error.hints(), ElementsAre(HasSubstr("Unlock")));
    }
}

TEST(Github, ADeletedCommentIsGone) {
    ScriptedHttp http{{.status = 404}};
    EXPECT_EQ(make_github(http, target(), false)->edit_comment("5", "x"), Outcome::gone);
    EXPECT_THAT(http.lines(), ElementsAre("PATCH /repos/acme/shop/issues/comments/5"));
}

TEST(Github, ALabelIsMadeWithItsDescriptionWhereItIsMissing) {
    const Label label{"rehearse: noisy", "this is going to be noisy", "fbca04"};
    ScriptedHttp there{{.status = 200, .body = "{}"}, {.status = 200, .body = "[]"}};
    EXPECT_EQ(make_github(there, target(), false)->add_label(label), Outcome::done);
    EXPECT_THAT(there.lines(), ElementsAre("GET /repos/acme/shop/labels/rehearse%3A%20noisy",
                                           "POST /repos/acme/shop/issues/12/labels"));

    // Somebody else makes it between our look and our write.
    ScriptedHttp race{{.status = 404},
                      {.status = 422, .body = R"({"errors":[{"code":"already_exists"}]})"},
                      {.status = 200, .body = "[]"}};
    EXPECT_EQ(make_github(race, target(), false)->add_label(label), Outcome::done);
    EXPECT_EQ(json::parse(race.requests[1].body).at("description"), "this is going to be noisy");

    ScriptedHttp refused{{.status = 404}, no_right()};
    EXPECT_EQ(make_github(refused, target(), false)->add_label(label), Outcome::refused);
}

TEST(Github, ALabelThatVanishedIsGone) {
    ScriptedHttp http{{.status = 404, .body = R"({"message":"Label does not exist"})"}};
    EXPECT_EQ(make_github(http, target(), false)->remove_label("a/b"), Outcome::gone);
    EXPECT_THAT(http.lines(), ElementsAre("DELETE /repos/acme/shop/issues/12/labels/a%2Fb"));
}

TEST(Github, ACommitWithoutANameIsAskedFor) {
    auto unknown = target();
    unknown.sha.clear();
    ScriptedHttp http{{.status = 200, .body = R"({"head":{"sha":"feed"}})"}, {.status = 201}};
    EXPECT_EQ(make_github(http, unknown, false)->set_status(status_with(1)), Outcome::done);
    EXPECT_THAT(http.lines(), ElementsAre("GET /repos/acme/shop/pulls/12",
                                          "POST /repos/acme/shop/statuses/feed"));
    const auto body = json::parse(http.requests[1].body);
    EXPECT_EQ(body, (json{{"state", "failure"},
                          {"context", "rehearse"},
                          {"description", "rethink: x"},
                          {"target_url", "https://ci/1"}}));
}

// A status of no commit, a second check run: nothing is sent on an answer that says nothing.
TEST(Github, AnAnswerThatIsNotTheApisIsAnError) {
    auto unknown = target();
    unknown.sha.clear();
    for (const char* body : {"\"ok\"", "[]", "{}", R"({"head":[]})", R"({"head":{"sha":null}})"}) {
        ScriptedHttp http{{.status = 200, .body = body}};
        EXPECT_THROW(make_github(http, unknown, false)->set_status(status_with(0)), Error) << body;
        ScriptedHttp checks{{.status = 201, .body = body}};
        EXPECT_THROW(make_github(checks, target(), true)->set_status(status_with(51)), Error);
        ScriptedHttp user{
            {.status = 200, .body = R"([{"body": "<!-- m -->", "user": {"type": "Bot"}}])"},
            {.status = 200, .body = body}};
        EXPECT_THROW(make_github(user, target(), false)->own_comments_with("<!-- m -->"), Error);
    }
}

TEST(Github, AStatusDescriptionIsCutToItsLimit) {
    auto status = status_with(0);
    status.description = std::string(300, 'x');
    ScriptedHttp http{{.status = 201}};
    make_github(http, target(), false)->set_status(status);
    const std::string cut = json::parse(http.requests[0].body).at("description");
    EXPECT_EQ(cut, std::string(139, 'x') + "…");
}

TEST(Github, ACheckRunTakesItsAnnotationsFiftyAtATime) {
    const struct {
        std::size_t annotations;
        std::vector<std::size_t> batches;
    } cases[] = {{0, {0}}, {1, {1}}, {50, {50}}, {51, {50, 1}}, {120, {50, 50, 20}}};
    for (const auto& [annotations, batches] : cases) {
        ScriptedHttp http{{.status = 201, .body = R"({"id": 77})"}};
        for (std::size_t i = 1; i < batches.size(); ++i) http.then({.status = 200});
        EXPECT_EQ(make_github(http, target(), true)->set_status(status_with(annotations)),
                  Outcome::done);
        std::vector<std::size_t> sent;
        int line = 0;
        for (const auto& request : http.requests) {
            EXPECT_FALSE(request.repeatable);
            const auto output = json::parse(request.body).at("output");
            sent.push_back(output.at("annotations").size());
            for (const auto& each : output.at("annotations")) {
                EXPECT_EQ(each.at("start_line"), ++line);
            }
        }
        EXPECT_EQ(sent, batches);
        EXPECT_EQ(json::parse(http.requests[0].body).at("conclusion"), "failure");
        if (batches.size() > 1) {
            EXPECT_EQ(http.lines()[1], "PATCH /repos/acme/shop/check-runs/77");
        }
    }
}

}  // namespace rehearse::publish::test
