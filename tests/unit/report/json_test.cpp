#include "rehearse/base/error.hpp"
#include "rehearse/base/files.hpp"
#include "rehearse/report/report.hpp"

#include "samples.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace rehearse::report {
namespace {

using testing::HasSubstr;
using Json = nlohmann::ordered_json;

std::vector<std::string> keys(const Json& object) {
    std::vector<std::string> result;
    for (const auto& [key, value] : object.items()) result.push_back(key);
    return result;
}

// `wanted` in this order; fields that were added later may stand between.
void expect_in_order(const Json& object, const std::vector<std::string>& wanted) {
    const auto found = keys(object);
    auto at = found.begin();
    for (const auto& key : wanted) {
        at = std::find(at, found.end(), key);
        ASSERT_NE(at, found.end()) << key << " is missing or out of order";
    }
}

TEST(Json, HasTheContractsFieldsInTheContractsOrder) {
    const auto json = Json::parse(render_json(samples::demo()));
    expect_in_order(json, {"schema_version", "tool", "run_id", "started_at", "finished_at", "label",
                           "snapshot", "scratch", "thresholds", "sampler", "migrations"});
    expect_in_order(json["tool"], {"name", "version"});
    expect_in_order(json["snapshot"], {"name", "path", "format", "taken_at", "age_days",
                                       "server_version", "size_bytes", "sha256"});
    expect_in_order(json["scratch"], {"engine", "image", "server_version", "settings", "base"});
    expect_in_order(json["scratch"]["base"],
                    {"id", "reused", "restore_ms", "clone_ms", "restored"});
    expect_in_order(json["thresholds"], {"noisy_ms", "rethink_ms"});
    expect_in_order(json["sampler"],
                    {"interval_ms", "readings", "gap_p50_ms", "gap_p99_ms", "longest_gap_ms"});
    const auto& failed = json["migrations"][4];
    expect_in_order(failed,
                    {"version", "name", "path", "tool", "transaction_mode", "in_change", "label",
                     "elapsed_ms", "because", "error", "statements", "blocking", "findings"});
    expect_in_order(failed["error"], {"sqlstate", "message", "path", "line", "statement"});
    expect_in_order(failed["error"]["violations"],
                    {"constraint_kind", "relation", "rows", "duplicate_keys", "complete",
                     "limit_ms", "why_not"});
    const auto& statement = json["migrations"][3]["statements"][1];
    expect_in_order(
        statement, {"ordinal", "path", "line", "sql", "command_tag", "elapsed_ms", "commit_ms",
                    "rows", "wal_bytes", "temp_bytes", "evidence", "locks", "rewrites", "notices"});
    expect_in_order(statement["locks"][0], {"relation", "mode", "acquired_ms", "released_ms",
                                            "held_ms", "waited_ms", "evidence", "new_relation"});
    expect_in_order(statement["rewrites"][0], {"relation", "bytes_before", "bytes_after"});
    expect_in_order(json["migrations"][1]["statements"][0]["index_builds"][0],
                    {"index", "relation", "elapsed_ms", "valid"});
    expect_in_order(failed["blocking"][0], {"relation", "mode", "blocks", "held_ms", "acquired_by",
                                            "stretched_by", "evidence"});
    expect_in_order(failed["findings"][0], {"rule", "severity", "statement", "relation", "message",
                                            "instead", "evidence"});
}

TEST(Json, IsNullWhereThereIsNothing) {
    const auto json = Json::parse(render_json(samples::one_ok()));
    EXPECT_TRUE(json["migrations"][0]["error"].is_null());
    EXPECT_TRUE(json["migrations"][0]["statements"][0]["rows"].is_null());
    EXPECT_TRUE(json["migrations"][0]["statements"][0]["commit_ms"].is_null());
}

TEST(Json, EndsInALineFeed) {
    EXPECT_TRUE(render_json(samples::nothing_pending()).ends_with("}\n"));
}

TEST(Json, IsUtf8WhateverTheServerSaid) {
    auto report = samples::one_ok();
    report.migrations[0].because = "caf\xe9";
    EXPECT_EQ(parse_json(render_json(report)).migrations[0].because, "caf\xef\xbf\xbd");
}

TEST(Json, OfEverySampleIsReadBackAsItWas) {
    for (const auto& report :
         {samples::demo(), samples::one_ok(), samples::many(50), samples::nothing_pending()}) {
        EXPECT_EQ(parse_json(render_json(report)), report);
    }
}

std::string error_of(const std::string& text) {
    try {
        parse_json(text);
    } catch (const Error& error) {
        EXPECT_EQ(error.kind(), ErrorKind::usage);
        EXPECT_FALSE(error.hints().empty());
        return error.message();
    }
    return "";
}

TEST(ParseJson, NamesTheFieldThatIsWrong) {
    struct Case {
        const char* pointer;
        Json value;  // discarded: the field is taken out
        const char* message;
    };
    const Json gone(Json::value_t::discarded);
    const Case cases[] = {
        {"/schema_version", gone, "schema_version is missing"},
        {"/schema_version", "1", "schema_version is not a whole number"},
        {"/label", "green", "label is none of ok, noisy, rethink, failed, not_run: 'green'"},
        {"/tool/version", gone, "tool.version is missing"},
        {"/tool", "rehearse", "tool is not an object"},
        {"/snapshot/size_bytes", -1, "snapshot.size_bytes is out of range"},
        {"/scratch/settings/fsync", 1, "scratch.settings.fsync is not a string"},
        {"/migrations", gone, "migrations is missing"},
        {"/migrations", Json::object(), "migrations is not a list"},
        {"/migrations/2/elapsed_ms", "41 s", "migrations[2].elapsed_ms is not a number"},
        {"/migrations/2/label", 3, "migrations[2].label is not a string"},
        {"/migrations/2/statements/1/rows", 1.5,
         "migrations[2].statements[1].rows is not a whole number"},
        {"/migrations/3/statements/1/locks/0/new_relation", 0,
         "migrations[3].statements[1].locks[0].new_relation is neither true nor false"},
        {"/migrations/4/error/line", 99999999999, "migrations[4].error.line is out of range"},
    };
    const auto good = Json::parse(render_json(samples::demo()));
    for (const auto& c : cases) {
        auto json = good;
        const Json::json_pointer where{c.pointer};
        if (c.value.is_discarded()) {
            json[where.parent_pointer()].erase(where.back());
        } else {
            json[where] = c.value;
        }
        EXPECT_EQ(error_of(json.dump()), std::string{"not a report of rehearse: "} + c.message);
    }
}

TEST(ParseJson, RefusesWhatIsNoReport) {
    EXPECT_THAT(error_of(""), HasSubstr("the text is empty"));
    EXPECT_THAT(error_of("{\"schema_version\": 1,"), HasSubstr("the text ends after 21 bytes"));
    EXPECT_THAT(error_of("{\"schema_version\": 1,,"), HasSubstr("byte 22 is not JSON"));
    EXPECT_THAT(error_of("[]"), HasSubstr("the text is not an object"));
    EXPECT_THAT(error_of("{}"), HasSubstr("schema_version is missing"));
}

// Which has other statements, too.
TEST(ParseJson, SaysOfAnotherVersionsReportThatItIsOne) {
    auto json = Json::parse(render_json(samples::demo()));
    json["migrations"][0]["statements"][0].erase("line");
    EXPECT_EQ(error_of(json.dump()),
              "not a report of rehearse: migrations[0].statements[0].line is missing");
    json["schema_version"] = 2;
    EXPECT_EQ(error_of(json.dump()),
              "a report of another version of rehearse: its schema_version is 2, and this one "
              "reads 1");
}

TEST(ParseJson, PassesOverFieldsThatWereAddedLater) {
    auto json = Json::parse(render_json(samples::demo()));
    json["weather"] = "fine";
    json["migrations"][0]["weather"] = Json::array({1, 2});
    EXPECT_EQ(parse_json(json.dump()), samples::demo());
}

TEST(ParseJson, ReadsAReportFromBeforeAFieldWasAdded) {
    auto expected = samples::demo();
    auto json = Json::parse(render_json(expected));
    json["migrations"][4]["error"].erase("violations");
    expected.migrations[4].error->violations.reset();
    EXPECT_EQ(parse_json(json.dump()), expected);
}

TEST(ParseJson, TakesWholeNumbersForMilliseconds) {
    auto json = Json::parse(render_json(samples::one_ok()));
    json["migrations"][0]["elapsed_ms"] = 3;
    EXPECT_EQ(parse_json(json.dump()).migrations[0].elapsed_ms, 3.0);
}

}  // namespace
}  // namespace rehearse::report
