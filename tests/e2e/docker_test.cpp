#include "e2e/bad_input.hpp"

namespace rehearse::test {

namespace {

using nlohmann::json;

const std::vector<BadInput>& containers() {
    static const std::vector<BadInput> rows{
        {"DockerDoesNotAnswer",
         3,
         {"docker is installed but does not answer"},
         [](auto& test) {
             test.options.env = {{"DOCKER_HOST", "unix:///nonexistent.sock"}};
             return test.rehearsal_of(test.snapshot("shop.dump"));
         }},
        {"DockerIsReachedOverSsh",
         3,
         {"ssh://build.example", "Run rehearse on that host"},
         [](auto& test) {
             test.options.env = {{"DOCKER_HOST", "ssh://build.example"}};
             return test.rehearsal_of(test.snapshot("shop.dump"));
         }},
        {"TheImageIsAbsent",
         3,
         {"rehearse-test/nosuch:1", "docker pull"},
         [](auto& test) {
             test.rehearsal_of(test.snapshot("shop.dump"));
             return Args{"--snapshots", "snapshots", "--engine",
                         "docker",      "--image",   "rehearse-test/nosuch:1",
                         "--no-pull"};
         }},
        {"TheImageIsOlderThanTheSnapshot",
         3,
         {"version 99", "--image postgres:99"},
         [](auto& test) {
             const std::string major = std::to_string(dumps_major());
             return test.rehearsal_of(test.patched("shop.dump", major + ".", "99."));
         }},
        {"TheSocketPathIsTooLong",
         3,
         {"socket", "TMPDIR"},
         [](auto& test) {
             test.options.env = {{"TMPDIR", test.folder(std::string(90, 'x'))}};
             return test.rehearsal_of(test.snapshot("shop.dump"));
         }},
        {"AnExtensionThatTheImageLacks",
         4,
         {"nosuch"},
         [](auto& test) {
             return test.rehearsal_of(test.patched("shop.dump", "citext", "nosuch"));
         }},
    };
    return rows;
}

class Docker : public RehearseTest {};

}  // namespace

INSTANTIATE_TEST_SUITE_P(Container, BadInputTest, ::testing::ValuesIn(containers()), name_of);

// The snapshot of 15 on a server of 17 is allowed and said.
TEST_F(Docker, ANewerServerStandsIn) {
    migration("1.sql", "ALTER TABLE users ADD COLUMN a int;\n");
    const auto& run = run_rehearse(
        Args{"--snapshot", snapshot("shop.dump"), "--tool", "plain", "--format", "json"} +
        engine_under_test(17));
    EXPECT_EQ(run.exit_code, 0);
    expect_stderr_only(run, {"stands in for version"});
    const auto report = json::parse(run.out);
    EXPECT_EQ(std::string(report["scratch"]["server_version"]).substr(0, 3), "17.");
    EXPECT_EQ(report["scratch"]["image"], "rehearse-test/postgres:17");
}

// pg_dump writes the options of its own version's CREATE DATABASE.
TEST_F(Docker, ADumpMadeByANewerPgDumpIsRestored) {
    migration("1.sql", "ALTER TABLE a ADD COLUMN n int;\n");
    const fs::path dump = sandbox_.work() / "old.sql";
    write_file_atomically(dump,
                          "--\n-- PostgreSQL database dump\n--\n\n"
                          "-- Dumped from database version 13.16\n"
                          "-- Dumped by pg_dump version 15.18\n\n"
                          "CREATE DATABASE shop WITH TEMPLATE = template0 ENCODING = 'UTF8' "
                          "LOCALE_PROVIDER = libc LOCALE = 'C.UTF-8';\n\n"
                          "\\connect shop\n\n"
                          "CREATE TABLE a (id int);\n\n"
                          "--\n-- PostgreSQL database dump complete\n--\n");
    const auto& run =
        run_rehearse(Args{"--snapshot", dump.string(), "--tool", "plain", "--format", "json"} +
                     engine_under_test(13));
    EXPECT_EQ(run.exit_code, 0);
    const auto report = json::parse(run.out);
    EXPECT_EQ(std::string(report["scratch"]["server_version"]).substr(0, 3), "13.");
    EXPECT_THAT(report["warnings"].dump(), ::testing::Not(::testing::HasSubstr("locale")));
}

TEST_F(Docker, LabelsAreThoseOfTheLocalEngine) {
    migration("1.sql", "ALTER TABLE users ADD COLUMN a int;\n");
    migration("2.sql", "SELECT pg_sleep(0.9);\n");
    migration("3.sql", "ALTER TABLE users ADD COLUMN a int;\n");
    migration("4.sql", "SELECT 1;\n");
    const Args args{
        "--snapshot", snapshot("shop.dump"), "--tool", "plain", "--noisy", "700ms", "--format",
        "json"};
    const auto local = json::parse(run_rehearse(args + Args{"--engine", "local"}).out);
    const auto docker = json::parse(run_rehearse(args + engine_under_test()).out);
    EXPECT_THAT(labels_of(docker), ::testing::ElementsAre("ok", "noisy", "failed", "not_run"));
    EXPECT_EQ(labels_of(docker), labels_of(local));
}

}  // namespace rehearse::test
