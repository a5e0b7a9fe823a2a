#include "rehearse/base/error.hpp"
#include "rehearse/base/files.hpp"
#include "rehearse/publish/review_host.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <map>

namespace rehearse::publish::test {

namespace {

using ::testing::HasSubstr;
using Variables = std::map<std::string, std::string>;

const std::string kSha(40, 'a');
const std::string kOtherSha(40, 'b');

Environment environment_of(const Variables& variables) {
    return [variables](const std::string& name) {
        const auto found = variables.find(name);
        return found == variables.end() ? std::string{} : found->second;
    };
}

class TargetOf : public testing::Test {
  protected:
    std::string event(const std::string& json) const {
        write_file_atomically(folder_.path() / "event.json", json);
        return folder_.path() / "event.json";
    }

    TempDir folder_{"/tmp", "rehearse-test-event-" + std::to_string(getpid())};
};

}  // namespace

TEST_F(TargetOf, GithubIsThePullRequestOfTheEvent) {
    const auto target = github_target(
        environment_of(
            {{"GITHUB_REPOSITORY", "acme/shop"},
             {"GITHUB_EVENT_PATH",
              event(R"({"pull_request":{"number":12,"head":{"sha":")" + kSha + R"("}}})")},
             {"GITHUB_SERVER_URL", "https://ghe.test"},
             {"GITHUB_API_URL", "https://ghe.test/api/v3/"},
             {"GITHUB_RUN_ID", "99"},
             {"GH_TOKEN", " secret\n"}}),
        {});
    EXPECT_EQ(target.api_url, "https://ghe.test/api/v3");
    EXPECT_EQ(target.project, "acme/shop");
    EXPECT_EQ(target.number, "12");
    EXPECT_EQ(target.sha, kSha);
    EXPECT_EQ(target.token, "secret");
    EXPECT_EQ(target.details_url, "https://ghe.test/acme/shop/actions/runs/99");
}

TEST_F(TargetOf, GithubOptionsWinAndTheEventsCommitIsNotThatOfAnotherRequest) {
    const Variables variables{
        {"GITHUB_REPOSITORY", "acme/shop"},
        {"GITHUB_TOKEN", "first"},
        {"GH_TOKEN", "second"},
        {"GITHUB_EVENT_PATH",
         event(R"({"pull_request":{"number":12,"head":{"sha":")" + kSha + R"("}}})")}};
    const auto target = github_target(environment_of(variables),
                                      {.api_url = "", .project = "a/b", .number = "7", .sha = ""});
    EXPECT_EQ(target.api_url, "https://api.github.com");
    EXPECT_EQ(target.project, "a/b");
    EXPECT_EQ(target.number, "7");
    EXPECT_EQ(target.sha, "");
    EXPECT_EQ(target.token, "first");
}

TEST_F(TargetOf, GitlabIsTheMergeRequestOfThePipeline) {
    Variables variables{{"CI_PROJECT_ID", "7"},
                        {"CI_MERGE_REQUEST_IID", "12"},
                        {"CI_COMMIT_SHA", kSha},
                        {"CI_API_V4_URL", "https://gitlab.test/api/v4"},
                        {"CI_JOB_URL", "https://gitlab.test/jobs/1"},
                        {"GITLAB_TOKEN", "secret"}};
    auto target = gitlab_target(environment_of(variables), {});
    EXPECT_EQ(target.api_url, "https://gitlab.test/api/v4");
    EXPECT_EQ(target.project, "7");
    EXPECT_EQ(target.number, "12");
    EXPECT_EQ(target.sha, kSha);
    EXPECT_EQ(target.token, "secret");
    EXPECT_EQ(target.details_url, "https://gitlab.test/jobs/1");

    // A fork's request, in a pipeline for merged results.
    variables["CI_MERGE_REQUEST_PROJECT_ID"] = "1";
    variables["CI_MERGE_REQUEST_SOURCE_BRANCH_SHA"] = kOtherSha;
    target = gitlab_target(environment_of(variables), {});
    EXPECT_EQ(target.project, "1");
    EXPECT_EQ(target.sha, kOtherSha);
}

TEST_F(TargetOf, WhatIsMissingOrWrongIsSaid) {
    const struct {
        Variables environment;
        TargetOptions options;
        const char* message;
    } cases[] = {
        {{}, {"", "", "12", kSha}, "which repository is meant"},
        {{}, {"", "acme/shop", "", kSha}, "which pull request is meant"},
        {{{"GITHUB_EVENT_PATH", event(R"({"ref":"refs/heads/main"})")}},
         {"", "acme/shop", "", ""},
         "which pull request is meant"},
        {{{"GITHUB_EVENT_PATH", event("no JSON")}},
         {"", "acme/shop", "", ""},
         "which pull request is meant"},
        {{}, {"", "acme", "12", ""}, "--repo does not take 'acme'"},
        {{}, {"", "acme/shop/../x", "12", ""}, "--repo does not take"},
        {{}, {"", "acme/sh?op", "12", ""}, "--repo does not take"},
        {{}, {"", "acme/shop", "12/../13", ""}, "--pull does not take"},
        {{}, {"", "acme/shop", "12", "abc"}, "--sha does not take 'abc'"},
        {{}, {"ftp://h", "acme/shop", "12", ""}, "--api-url does not take 'ftp://h'"},
        {{}, {"https://me:pw@h", "acme/shop", "12", ""}, "--api-url does not take"},
        {{{"GITHUB_TOKEN", "se\ncret"}}, {"", "acme/shop", "12", ""}, "holds no token"},
    };
    for (const auto& [environment, options, message] : cases) {
        try {
            github_target(environment_of(environment), options);
            ADD_FAILURE() << message;
        } catch (const Error& error) {
            EXPECT_THAT(error.message(), HasSubstr(message));
            EXPECT_FALSE(error.hints().empty()) << message;
            EXPECT_THAT(render_error(error), ::testing::Not(HasSubstr("cret")));
        }
    }
}

TEST_F(TargetOf, OnlyHttpsAndThisMachineAreAPrivateWay) {
    for (const char* url : {"https://ghe.example", "HTTPS://ghe.example/api", "http://localhost",
                            "http://127.0.0.1:8080/api", "http://[::1]:80"}) {
        EXPECT_TRUE(is_private_way(url)) << url;
    }
    for (const char* url : {"http://ghe.example", "http://localhost.evil.example",
                            "http://127.0.0.1.evil.example/", "http://localhost@evil.example"}) {
        EXPECT_FALSE(is_private_way(url)) << url;
    }
}

TEST_F(TargetOf, TheCertificatesAreThoseOfTheFirstVariable) {
    const auto environment = environment_of({{"SSL_CERT_FILE", "ssl"}, {"OF_THE_HOST", "host"}});
    EXPECT_EQ(ca_file(environment), "ssl");
    EXPECT_EQ(ca_file(environment_of({{"OF_THE_HOST", "host"}}), "OF_THE_HOST"), "host");
    EXPECT_EQ(ca_file(environment_of({{"OF_THE_HOST", "host"}})), "");
    EXPECT_EQ(ca_file(environment_of({{"CURL_CA_BUNDLE", "curl"}, {"SSL_CERT_FILE", "ssl"}})),
              "curl");
}

}  // namespace rehearse::publish::test
