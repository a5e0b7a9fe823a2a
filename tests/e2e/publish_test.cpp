#include "e2e/publish_hosts.hpp"
#include "support/run_rehearse.hpp"
#include "support/skip.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <csignal>

namespace rehearse::test {

namespace {

using nlohmann::json;
using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;
using Args = std::vector<std::string>;
using Variables = std::map<std::string, std::string>;

constexpr const char* kReport = REHEARSE_SOURCE_DIR "/tests/unit/report/golden/demo/report.json";
constexpr const char* kToken = "secret-token";
const std::string kSha(40, 'a');
const std::string kMarker = "<!-- rehearse:report -->";

// `count` of them, ours the last.
std::vector<std::string> comments(std::size_t count, const std::string& last = "remark") {
    std::vector<std::string> all;
    for (std::size_t i = 1; i < count; ++i) all.push_back("remark " + std::to_string(i));
    all.push_back(last);
    return all;
}

// Whatever says these things where the tests run is not meant.
Variables blank_environment() {
    Variables blank;
    for (const char* name : {"GITHUB_TOKEN",
                             "GH_TOKEN",
                             "GITLAB_TOKEN",
                             "GITHUB_REPOSITORY",
                             "GITHUB_EVENT_PATH",
                             "GITHUB_API_URL",
                             "GITHUB_SERVER_URL",
                             "GITHUB_RUN_ID",
                             "GITHUB_STEP_SUMMARY",
                             "GITHUB_WORKSPACE",
                             "CI_API_V4_URL",
                             "CI_PROJECT_ID",
                             "CI_MERGE_REQUEST_PROJECT_ID",
                             "CI_MERGE_REQUEST_IID",
                             "CI_COMMIT_SHA",
                             "CI_MERGE_REQUEST_SOURCE_BRANCH_SHA",
                             "CI_JOB_URL",
                             "CURL_CA_BUNDLE",
                             "SSL_CERT_FILE",
                             "CI_SERVER_TLS_CA_FILE",
                             "http_proxy",
                             "https_proxy",
                             "all_proxy",
                             "HTTPS_PROXY",
                             "ALL_PROXY"}) {
        blank[name] = "";
    }
    return blank;
}

class Publish : public testing::Test {
  protected:
    // As in a workflow on a pull request.
    Outcome to_github(const FakeHosts& hosts, const Args& more = {}, const Variables& env = {}) {
        Args args{"publish", "github", kReport};
        args.insert(args.end(), more.begin(), more.end());
        Variables variables{
            {"GITHUB_TOKEN", kToken},
            {"GITHUB_REPOSITORY", "acme/shop"},
            {"GITHUB_API_URL", hosts.url()},
            {"GITHUB_EVENT_PATH",
             sandbox_.write(
                 "event.json",
                 json{{"pull_request", {{"number", 12}, {"head", {{"sha", kSha}}}}}}.dump())}};
        for (const auto& [name, value] : env) variables[name] = value;
        return run(args, variables);
    }

    Outcome to_gitlab(const FakeHosts& hosts, const Args& more = {}, const Variables& env = {}) {
        Args args{"publish", "gitlab", kReport};
        args.insert(args.end(), more.begin(), more.end());
        Variables variables{{"GITLAB_TOKEN", kToken},
                            {"CI_PROJECT_ID", "7"},
                            {"CI_MERGE_REQUEST_IID", "12"},
                            {"CI_COMMIT_SHA", kSha},
                            {"CI_API_V4_URL", hosts.url() + "/api/v4"}};
        for (const auto& [name, value] : env) variables[name] = value;
        return run(args, variables);
    }

    Outcome run(const Args& args, const Variables& env) {
        RunOptions options = options_;
        options.env = blank_environment();
        for (const auto& [name, value] : env) options.env[name] = value;
        auto outcome = sandbox_.run_rehearse(args, options);
        EXPECT_THAT(outcome.out + outcome.err, Not(HasSubstr(kToken)));
        return outcome;
    }

    Sandbox sandbox_;
    RunOptions options_;
};

}  // namespace

// Every request, and every answer of the fake, is held against GitHub's own OpenAPI description.
TEST_F(Publish, EveryRequestIsAsGithubDescribesIt) {
    if (const auto reason = FakeHosts::why_no_prism(); !reason.empty()) {
        REHEARSE_SKIP_OR_FAIL(reason);
    }
    FakeHosts hosts(
        {.comments = comments(7), .labels = {"bug", "rehearse: noisy"}, .page_size = 3});
    hosts.put_prism_before();
    const auto first = to_github(hosts);
    EXPECT_EQ(first.exit_code, 0) << first.err;
    EXPECT_EQ(first.err, "");
    EXPECT_EQ(first.out,
              "comment written\n"
              "label 'rehearse: noisy' removed\n"
              "label 'rehearse: rethink' set\n"
              "status 'rehearse': failed\n");
    const auto again = to_github(hosts, {"--mask-literals", "--check-run"});
    EXPECT_EQ(again.exit_code, 0) << again.err;
    EXPECT_THAT(again.out, AllOf(HasSubstr(" edited\n"), HasSubstr("status 'rehearse': failed")));

    const auto state = hosts.state();
    EXPECT_EQ(state.at("comments").size(), 8U);
    EXPECT_EQ(state.at("labels"), (json{"bug", "rehearse: rethink"}));
    EXPECT_EQ(state.at("statuses").size(), 1U);
    EXPECT_GE(state.at("check_runs").at(0).at("annotations").size(), 8U);
    for (const auto& request : hosts.log()) {
        EXPECT_THAT(request.at("agent"), StartsWith("rehearse/")) << request;
    }
}

TEST_F(Publish, TheCommentIsFoundOnTheLastOfThreePagesAndEditedInPlace) {
    FakeHosts hosts({.comments = comments(9, kMarker + "\nold"), .page_size = 4});
    EXPECT_THAT(to_github(hosts).out, HasSubstr("comment 1009 edited"));
    EXPECT_THAT(to_github(hosts).out, HasSubstr("comment 1009 says so already"));
    EXPECT_EQ(hosts.state().at("comments").size(), 9U);
    EXPECT_EQ(hosts.requests("GET", "/comments"), 6U);
    EXPECT_EQ(hosts.requests("PATCH", "/comments"), 1U);
    EXPECT_EQ(hosts.requests("POST", "/comments"), 0U);
    EXPECT_EQ(hosts.state().at("repository_labels").at("rehearse: rethink").at("description"),
              "this is to be re-thought from scratch");
}

TEST_F(Publish, WhatPassesIsWaitedOut) {
    FakeHosts hosts({.faults = R"([
        {"method": "GET", "path": "/comments$", "status": 502},
        {"method": "POST", "path": "/comments$", "status": 403, "headers": {"Retry-After": "0"},
         "body": {"message": "You have exceeded a secondary rate limit"}},
        {"method": "POST", "path": "/statuses/", "drops": true}])"});
    const auto outcome = to_github(hosts);
    EXPECT_EQ(outcome.exit_code, 0) << outcome.err;
    EXPECT_EQ(hosts.state().at("comments").size(), 1U);
    EXPECT_EQ(hosts.state().at("statuses").size(), 1U);
}

TEST_F(Publish, AnAnswerThatIsLostLeavesOneComment) {
    FakeHosts hosts({.faults = R"([
        {"method": "POST", "path": "/comments$", "after": true, "drops": true}])"});
    EXPECT_THAT(to_github(hosts).out, HasSubstr("says so already"));
    EXPECT_EQ(hosts.state().at("comments").size(), 1U);
}

TEST_F(Publish, ACommentDeletedBetweenFindAndEditIsWrittenAnew) {
    FakeHosts hosts({.comments = comments(2, kMarker + "\nold"), .faults = R"([
        {"method": "PATCH", "path": "/comments/", "status": 404, "deletes_comments": true}])"});
    EXPECT_THAT(to_github(hosts).out, HasSubstr("comment written"));
    EXPECT_EQ(hosts.state().at("comments").size(), 1U);
}

TEST_F(Publish, AForkWithoutRightsHasTheReportInTheJobsSummary) {
    FakeHosts hosts({.faults = R"([
        {"method": "POST", "path": "/comments$", "status": 403, "times": 2,
         "body": {"message": "Resource not accessible by integration"}}])"});
    const auto summary = sandbox_.write("summary.md", "");
    const auto outcome = to_github(hosts, {}, {{"GITHUB_STEP_SUMMARY", summary}});
    EXPECT_EQ(outcome.exit_code, 0);
    EXPECT_THAT(outcome.err,
                HasSubstr("the token may not comment on it (Resource not accessible by "
                          "integration): the report is in the job's summary instead"));
    EXPECT_THAT(read_file(summary), StartsWith("**failed**: 0045"));

    const auto nowhere = to_github(hosts);
    EXPECT_EQ(nowhere.exit_code, 6);
    EXPECT_THAT(nowhere.err,
                AllOf(HasSubstr("rehearse: error: pull request 12 of acme/shop: the token may not"),
                      HasSubstr("pull-requests: write"), HasSubstr("The report is kept in ")));
}

TEST_F(Publish, WhatIsInTheWayIsSaid) {
    const struct {
        const char* faults;
        Args more;
        Variables env;
        const char* message;
        const char* hint;
        int exit_code = 6;
    } cases[] = {
        {"[]", {}, {{"GITHUB_TOKEN", ""}}, "there is no token", "GITHUB_TOKEN"},
        {"[]", {}, {{"GITHUB_TOKEN", "expired"}}, "does not accept the token", "make a new one"},
        {R"([{"method": "POST", "path": "/comments$", "status": 403,
              "body": {"message": "Unable to create comment because issue is locked."}}])",
         {},
         {},
         "pull request 12 of acme/shop is locked",
         "Unlock"},
        {R"([{"method": "POST", "path": "/comments$", "status": 422,
              "body": {"message": "what is secret-token?"}}])",
         {},
         {},
         "GitHub answers 422: what is ",
         "--dry-run"},
        {"[]", {"--pull", "13"}, {}, "GitHub answers 404: Not Found", "Check the"},
        {R"([{"path": "/comments$", "status": 403,
              "headers": {"x-ratelimit-remaining": "0", "x-ratelimit-reset": "99999999999"}}])",
         {},
         {},
         "the rate limit of GitHub is used up for another",
         "--timeout"},
        {R"([{"path": ".", "status": 503, "times": -1}])",
         {"--timeout", "1s"},
         {},
         "GitHub answers 503",
         "publish again later"},
        {R"([{"path": ".", "status": 302, "headers": {"Location": "http://127.0.0.2/"}}])",
         {},
         {},
         "sends us on to http://127.0.0.2",
         "--api-url"},
        {"[]",
         {"--api-url", "http://127.0.0.1:1", "--timeout", "0s"},
         {},
         "cannot reach http://127.0.0.1:1",
         "Check the network"},
        {"[]", {"--marker", "a -->"}, {}, "--marker does not take", "Give at most", 2},
        {"[]", {}, {{"GITHUB_EVENT_PATH", ""}}, "which pull request", "--pull N", 2},
    };
    for (const auto& each : cases) {
        FakeHosts hosts({.faults = each.faults});
        const auto outcome = to_github(hosts, each.more, each.env);
        EXPECT_EQ(outcome.exit_code, each.exit_code) << outcome.out;
        EXPECT_THAT(outcome.err, AllOf(StartsWith("rehearse: error: "), HasSubstr(each.message),
                                       HasSubstr("  hint: "), HasSubstr(each.hint)));
        EXPECT_EQ(hosts.state().at("comments").size(), 0U);
    }
}

TEST_F(Publish, AnInterruptEndsAPause) {
    FakeHosts hosts({.faults = R"([
        {"path": "/comments$", "status": 429, "headers": {"Retry-After": "60"}}])"});
    options_.when_stderr_says = "trying again in";
    options_.then = [](pid_t pid) { kill(pid, SIGTERM); };
    const auto outcome = to_github(hosts);
    EXPECT_EQ(outcome.exit_code, 130);
    EXPECT_LT(outcome.elapsed, Millis{30'000});
}

TEST_F(Publish, TheTokenIsNotForAServerWithoutACertificate) {
    const std::string pem = sandbox_.work() / "server.pem";
    process::ProcessSpec spec;
    spec.program = "openssl";
    spec.args = {"req",
                 "-x509",
                 "-newkey",
                 "rsa:2048",
                 "-nodes",
                 "-days",
                 "1",
                 "-subj",
                 "/CN=127.0.0.1",
                 "-addext",
                 "subjectAltName=IP:127.0.0.1",
                 "-keyout",
                 pem,
                 "-out",
                 pem};
    ASSERT_TRUE(process::make_process_runner()->run(spec).ok());
    FakeHosts hosts({.tls = pem});
    const auto refused = to_github(hosts);
    EXPECT_EQ(refused.exit_code, 6);
    EXPECT_THAT(refused.err, AllOf(HasSubstr("certificate"), HasSubstr("SSL_CERT_FILE")));
    EXPECT_TRUE(hosts.log().empty());
    EXPECT_EQ(to_github(hosts, {}, {{"SSL_CERT_FILE", pem}}).exit_code, 0);
}

// Who may write to a repository may edit the comments of others, and they could edit ours.
TEST_F(Publish, ACommentOfSomebodyElseIsNotOursWhateverItBeginsWith) {
    for (const bool app : {false, true}) {
        FakeHosts hosts({.comments_of_others = comments(1, kMarker + "\nall is ok"), .app = app});
        EXPECT_THAT(to_github(hosts).out, HasSubstr("comment written\n"));
        EXPECT_THAT(to_github(hosts).out, HasSubstr("comment 1002 says so already\n"));
        EXPECT_EQ(hosts.state().at("comments").at(0), kMarker + "\nall is ok");
    }
    FakeHosts hosts({.comments_of_others = comments(1, kMarker + "\nall is ok")});
    EXPECT_THAT(to_gitlab(hosts).out, HasSubstr("comment written\n"));
    EXPECT_THAT(to_gitlab(hosts).out, HasSubstr("comment 1002 says so already\n"));
}

TEST_F(Publish, WhatWasDoneBeforeAFailureIsTold) {
    FakeHosts hosts({.faults = R"([
        {"path": "/issues/12/labels$", "status": 422, "times": 9}])"});
    const auto outcome = to_github(hosts);
    EXPECT_EQ(outcome.exit_code, 6);
    EXPECT_EQ(outcome.out, "comment written\n");
}

TEST_F(Publish, ALabelThatGitlabCannotHaveIsRefusedBeforeAnythingIsSent) {
    FakeHosts hosts({});
    for (const char* option : {"--label-noisy", "--label-rethink"}) {
        const auto outcome = to_gitlab(hosts, {option, "a,b"});
        EXPECT_EQ(outcome.exit_code, 2);
        EXPECT_THAT(outcome.err, HasSubstr("no label with a comma: 'a,b'"));
    }
    EXPECT_TRUE(hosts.log().empty());
}

TEST_F(Publish, AStatusThatTheTokenMayNotSetIsNoFailure) {
    FakeHosts hosts({.faults = R"([{"path": "/statuses/", "status": 403, "times": 9}])"});
    const auto outcome = to_github(hosts);
    EXPECT_EQ(outcome.exit_code, 0) << outcome.err;
    EXPECT_THAT(outcome.err, HasSubstr("may not set a commit's status (fault); the comment is"));
}

TEST_F(Publish, OneLabelForBothStays) {
    FakeHosts hosts({});
    const Args both{"--label-noisy", "perf", "--label-rethink", "Perf"};
    for (int round = 0; round < 3; ++round) {
        EXPECT_EQ(to_github(hosts, both).exit_code, 0);
        EXPECT_EQ(hosts.state().at("labels"), json{"perf"});
    }
}

// Somebody is faster to make the one label, and to remove the other.
TEST_F(Publish, LabelsThatOthersChangeMeanwhileEndAsWanted) {
    FakeHosts github({.labels = {"bug", "rehearse: noisy"}, .faults = R"([
        {"method": "POST", "path": "/shop/labels$", "status": 422, "after": true,
         "body": {"message": "Validation Failed", "errors": [{"code": "already_exists"}]}},
        {"method": "DELETE", "path": "/labels/", "status": 404, "after": true}])"});
    FakeHosts gitlab({.labels = {"bug", "rehearse: noisy"}, .faults = R"([
        {"method": "POST", "path": "/7/labels$", "status": 409, "after": true}])"});
    for (const auto& [hosts, outcome] :
         {std::pair{&github, to_github(github)}, std::pair{&gitlab, to_gitlab(gitlab)}}) {
        EXPECT_EQ(outcome.exit_code, 0) << outcome.err;
        EXPECT_EQ(outcome.err, "");
        EXPECT_THAT(outcome.out, HasSubstr("label 'rehearse: rethink' set\n"));
        EXPECT_EQ(hosts->state().at("labels"), (json{"bug", "rehearse: rethink"}));
    }
    EXPECT_EQ(github.requests("DELETE", "/labels/"), 1U);
}

TEST_F(Publish, AClosedPullRequestIsToldAsWell) {
    FakeHosts hosts({});
    const auto event = sandbox_.write(
        "closed.json",
        json{{"action", "closed"},
             {"pull_request", {{"number", 12}, {"state", "closed"}, {"head", {{"sha", kSha}}}}}}
            .dump());
    const auto outcome = to_github(hosts, {}, {{"GITHUB_EVENT_PATH", event}});
    EXPECT_EQ(outcome.exit_code, 0) << outcome.err;
    EXPECT_EQ(hosts.state().at("comments").size(), 1U);
    EXPECT_EQ(hosts.state().at("statuses").at(0).at("sha"), kSha);
}

TEST_F(Publish, OtherThresholdsAreJudgedByAndOddOnesRefused) {
    FakeHosts hosts({});
    const auto odd = to_github(hosts, {"--noisy", "10min", "--rethink", "1min"});
    EXPECT_EQ(odd.exit_code, 2);
    EXPECT_TRUE(hosts.log().empty());
    const auto calm = to_github(hosts, {"--noisy", "10h", "--rethink", "20h"});
    EXPECT_THAT(calm.out, Not(HasSubstr("label")));
}

TEST_F(Publish, ADryRunNeedsNothingAndWritesNothing) {
    FakeHosts hosts({.comments = comments(1, kMarker + "\nold")});
    const auto blind = to_github(hosts, {"--dry-run"}, {{"GITHUB_TOKEN", ""}});
    EXPECT_EQ(blind.exit_code, 0) << blind.err;
    EXPECT_THAT(blind.out, AllOf(StartsWith("would be done on pull request 12 of acme/shop:\n"),
                                 HasSubstr("  comment written\n"), HasSubstr(kMarker)));
    EXPECT_TRUE(hosts.log().empty());
    const auto seeing = to_github(hosts, {"--dry-run"});
    EXPECT_THAT(seeing.out, HasSubstr("  comment 1001 edited\n"));
    EXPECT_EQ(hosts.requests("POST", "/") + hosts.requests("PATCH", "/"), 0U);
}

TEST_F(Publish, TheReportIsTheOneInOutOrHere) {
    FakeHosts hosts({});
    sandbox_.write("report.json", read_file(kReport));
    sandbox_.write("out/report.json", read_file(kReport));
    const Variables env{{"GITHUB_TOKEN", kToken}};
    const Args to{"--api-url", hosts.url(), "--repo", "acme/shop", "--pull", "12", "--sha", kSha};
    for (const Args& start :
         {Args{"publish", "github"}, Args{"publish", "github", "--out", "out"}}) {
        Args args = start;
        args.insert(args.end(), to.begin(), to.end());
        const auto outcome = run(args, env);
        EXPECT_EQ(outcome.exit_code, 0) << outcome.err;
    }
    const auto missing = run({"publish", "github", "--out", "elsewhere"}, env);
    EXPECT_EQ(missing.exit_code, 2);
    EXPECT_THAT(missing.err, HasSubstr("there is no file elsewhere/report.json"));
}

TEST_F(Publish, GitlabHasANoteLabelsAndAStatus) {
    FakeHosts hosts({.comments = comments(7, kMarker + "\nold"),
                     .labels = {"bug", "rehearse: noisy"},
                     .page_size = 3});
    const auto first = to_gitlab(hosts);
    EXPECT_EQ(first.exit_code, 0) << first.err;
    EXPECT_EQ(first.out,
              "comment 1007 edited\n"
              "label 'rehearse: noisy' removed\n"
              "label 'rehearse: rethink' set\n"
              "status 'rehearse': failed\n");
    EXPECT_THAT(to_gitlab(hosts).out, HasSubstr("comment 1007 says so already"));
    const auto state = hosts.state();
    EXPECT_EQ(state.at("comments").size(), 7U);
    EXPECT_EQ(state.at("labels"), (json{"bug", "rehearse: rethink"}));
    EXPECT_EQ(state.at("statuses").at(0).at("state"), "failed");
    EXPECT_EQ(hosts.requests("GET", "/notes"), 6U);
}

TEST_F(Publish, GitlabSaysWhatIsInTheWay) {
    FakeHosts hosts({.faults = R"([
        {"method": "POST", "path": "/notes$", "status": 403,
         "body": {"message": "403 Forbidden"}}])"});
    const auto refused = to_gitlab(hosts);
    EXPECT_EQ(refused.exit_code, 6);
    EXPECT_THAT(refused.err, HasSubstr("merge request 12 of 7: the token may not comment on it"));
    const auto wrong = to_gitlab(hosts, {}, {{"GITLAB_TOKEN", "expired-token"}});
    EXPECT_EQ(wrong.exit_code, 6);
    EXPECT_THAT(wrong.err,
                AllOf(HasSubstr("GitLab does not accept the token"), HasSubstr("GITLAB_TOKEN")));
}

}  // namespace rehearse::test
