#include "rehearse/base/error.hpp"
#include "rehearse/publish/review_host.hpp"

#include "unit/publish/scripted_http.hpp"

#include <gmock/gmock.h>
#include <nlohmann/json.hpp>

namespace rehearse::publish::test {

namespace {

using nlohmann::json;
using ::testing::ElementsAre;

Target target() {
    return {.api_url = "https://h/api/v4",
            .project = "acme/shop",
            .number = "12",
            .sha = "abc",
            .token = "secret-token",
            .details_url = ""};
}

const std::string kRequest = "/api/v4/projects/acme%2Fshop/merge_requests/12";

}  // namespace

TEST(Gitlab, NotesAreReadInAnOrderThatKeeps) {
    ScriptedHttp http{
        {.status = 200, .headers = {{"x-next-page", "2"}}, .body = R"([{"id":1,"body":"hello"}])"},
        {.status = 200, .body = R"([{"id":2,"body":"<!-- m --> ours","author":{"id":7}},
                                    {"id":3,"body":"<!-- m --> not ours","author":{"id":8}}])"},
        {.status = 200, .body = R"({"id":7})"}};
    const auto notes = make_gitlab(http, target())->own_comments_with("<!-- m -->");
    ASSERT_EQ(notes.size(), 1U);
    EXPECT_EQ(notes[0].id, "2");
    const auto first = "GET " + kRequest + "/notes?order_by=created_at&sort=asc&per_page=100";
    EXPECT_THAT(http.lines(), ElementsAre(first, first + "&page=2", "GET /api/v4/user"));
    EXPECT_EQ(http.requests[0].headers.at("PRIVATE-TOKEN"), "secret-token");
}

TEST(Gitlab, AnswersToAWriteAreTold) {
    const std::pair<Response, Outcome> cases[] = {{{.status = 201}, Outcome::done},
                                                  {{.status = 403}, Outcome::refused},
                                                  {{.status = 404}, Outcome::refused},
                                                  {{.status = 500}, Outcome::unsure}};
    for (const auto& [response, outcome] : cases) {
        ScriptedHttp http{response};
        EXPECT_EQ(make_gitlab(http, target())->write_comment("x"), outcome) << response.status;
    }
}

TEST(Gitlab, LabelsAreAddedAndRemovedBesideTheOthers) {
    ScriptedHttp http{{.status = 404}, {.status = 409}, {.status = 200}, {.status = 200}};
    const auto host = make_gitlab(http, target());
    EXPECT_EQ(host->add_label({"noisy", "loud", "fbca04"}), Outcome::done);
    EXPECT_EQ(host->remove_label("rethink"), Outcome::done);
    EXPECT_EQ(json::parse(http.requests[1].body),
              (json{{"name", "noisy"}, {"description", "loud"}, {"color", "#fbca04"}}));
    EXPECT_EQ(http.requests[2].body, R"({"add_labels":"noisy"})");
    EXPECT_EQ(http.requests[3].body, R"({"remove_labels":"rethink"})");
}

TEST(Gitlab, AStatusThatIsSoAlreadyIsDone) {
    ScriptedHttp http{{.status = 400,
                       .body = R"({"message":"Cannot transition status via :drop from :failed"})"}};
    EXPECT_EQ(make_gitlab(http, target())
                  ->set_status({.context = "rehearse", .passed = false, .description = "rethink"}),
              Outcome::done);
    EXPECT_THAT(http.lines(), ElementsAre("POST /api/v4/projects/acme%2Fshop/statuses/abc"));
    EXPECT_EQ(json::parse(http.requests[0].body).at("state"), "failed");
    ScriptedHttp other{
        {.status = 400,
         .body = R"({"message":"Cannot transition status via :drop from :success"})"}};
    EXPECT_THROW(make_gitlab(other, target())
                     ->set_status({.context = "rehearse", .passed = false, .description = "x"}),
                 Error);
}

TEST(Gitlab, AnAnswerThatIsNotTheApisIsAnError) {
    auto unknown = target();
    unknown.sha.clear();
    for (const char* body : {"\"ok\"", "[]", "{}"}) {
        ScriptedHttp http{{.status = 200, .body = body}};
        EXPECT_THROW(make_gitlab(http, unknown)
                         ->set_status({.context = "rehearse", .passed = true, .description = "x"}),
                     Error)
            << body;
    }
}

}  // namespace rehearse::publish::test
