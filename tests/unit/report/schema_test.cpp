#include "rehearse/base/files.hpp"
#include "rehearse/base/text.hpp"
#include "rehearse/report/report.hpp"

#include "json_validator.hpp"
#include "samples.hpp"
#include "support/skip.hpp"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <optional>

namespace rehearse::report {
namespace {

using Json = nlohmann::ordered_json;

std::optional<std::vector<std::string>> validated(const std::vector<Json>& documents) {
    return report::validated(Json::parse(json_schema()), documents);
}

TEST(Schema, FitsEveryReport) {
    std::vector<Json> documents;
    for (const auto& report : {samples::demo(), samples::one_ok(), samples::many(50),
                               samples::hostile(), samples::nothing_pending()}) {
        documents.push_back(Json::parse(render_json(report)));
    }
    // Fields that are added later fit too.
    documents.push_back(documents.front());
    documents.back()["weather"] = "fine";
    documents.back()["migrations"][0]["weather"] = 1;
    const auto found = validated(documents);
    if (!found) REHEARSE_SKIP_OR_FAIL(kNoValidator);
    EXPECT_EQ(*found, std::vector<std::string>(documents.size(), "ok"));
}

TEST(Schema, RefusesWhatTheContractDoesNotAllow) {
    const std::pair<const char*, Json> cases[] = {
        {"/label", "green"},
        {"/schema_version", 2},
        {"/tool/name", "other"},
        {"/started_at", "yesterday"},
        {"/snapshot/format", "zip"},
        {"/scratch/base/restored", "half"},
        {"/migrations/0/elapsed_ms", -1},
        {"/migrations/0/elapsed_ms", "2.8 ms"},
        {"/migrations/0/transaction_mode", "none"},
        {"/migrations/0/blocking/0/blocks", "everything"},
        {"/migrations/0/blocking/0/mode", "access_exclusive"},
        {"/migrations/0/statements/0/evidence", "guess"},
        {"/migrations/2/findings/0/severity", "fatal"},
        {"/migrations/2/statements/1/rows", "many"},
    };
    std::vector<Json> documents;
    std::vector<std::string> expected;
    for (const auto& [pointer, value] : cases) {
        documents.push_back(Json::parse(render_json(samples::demo())));
        documents.back()[Json::json_pointer{pointer}] = value;
        expected.push_back(pointer);
    }
    const auto found = validated(documents);
    if (!found) REHEARSE_SKIP_OR_FAIL(kNoValidator);
    EXPECT_EQ(*found, expected);
}

// Every object of a report: take one field out after the other.
void each_without_one(const Json& document, const Json::json_pointer& at,
                      std::vector<Json>& documents, std::vector<std::string>& expected) {
    const auto& here = document[at];
    if (here.is_object() && at.to_string() != "/scratch/settings") {
        for (const auto& [key, value] : here.items()) {
            documents.push_back(document);
            documents.back()[at].erase(key);
            expected.push_back(at.empty() ? "/" : at.to_string());
            each_without_one(document, at / key, documents, expected);
        }
    } else if (here.is_array() && !here.empty()) {
        each_without_one(document, at / 0, documents, expected);
    }
}

TEST(Schema, EveryFieldIsRequired) {
    auto report = samples::demo();
    // One migration that has all there is.
    auto all = report.migrations[4];
    all.statements = {report.migrations[3].statements[1]};
    all.statements[0].index_builds = report.migrations[1].statements[0].index_builds;
    all.statements[0].notices = {{"NOTICE", "00000", "x"}};
    report.migrations = {all};
    std::vector<Json> documents;
    std::vector<std::string> expected;
    each_without_one(Json::parse(render_json(report)), Json::json_pointer{}, documents, expected);
    EXPECT_GT(documents.size(), 100U);
    const auto found = validated(documents);
    if (!found) REHEARSE_SKIP_OR_FAIL(kNoValidator);
    ASSERT_EQ(found->size(), expected.size());
    for (std::size_t i = 0; i < found->size(); ++i) {
        // `error` may be null or an object: the validator names the choice, not the field inside.
        if (expected[i].starts_with("/migrations/0/error")) continue;
        EXPECT_EQ((*found)[i], expected[i]) << documents[i].dump();
    }
}

TEST(SchemaText, IsTheFileThatIsInstalled) {
    EXPECT_EQ(json_schema(),
              read_file(fs::path{REHEARSE_SOURCE_DIR} / "src/report/report.schema.json"));
}

}  // namespace
}  // namespace rehearse::report
