#include "rehearse/base/error.hpp"
#include "rehearse/report/report.hpp"

#include "samples.hpp"

#include <gmock/gmock.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <optional>
#include <string>

// A report.json may come from anywhere: every text is read, or refused with what is wrong.
namespace rehearse::report {
namespace {

using testing::HasSubstr;
using Json = nlohmann::ordered_json;

// nullopt: it was read.
std::optional<std::string> refusal_of(const std::string& text) {
    try {
        parse_json(text);
    } catch (const Error& error) {
        EXPECT_EQ(error.kind(), ErrorKind::usage);
        EXPECT_FALSE(error.hints().empty());
        EXPECT_LT(error.message().size(), 600U);
        EXPECT_TRUE(std::none_of(error.message().begin(), error.message().end(), [](char c) {
            return static_cast<unsigned char>(c) < 0x20 || c == 0x7f;
        })) << error.message();
        return error.message();
    }
    return std::nullopt;
}

std::string demo_with(const char* pointer, const Json& value) {
    auto json = Json::parse(render_json(samples::demo()));
    json[Json::json_pointer{pointer}] = value;
    return json.dump();
}

TEST(HostileReport, IsRefusedWithWhatIsWrong) {
    const std::string escape = "\\u001b[2J";
    const struct {
        std::string text;
        const char* says;
    } cases[] = {
        {"", "the text is empty"},
        {" \r\n\t", "the text is empty"},
        {std::string(3, '\0'), "byte 1 is not JSON"},
        {"\xef\xbb\xbf{}", "schema_version is missing"},
        {"{} {}", "byte 4 is not JSON"},
        {"null", "the text is not an object"},
        {"7", "the text is not an object"},
        {"\"report\"", "the text is not an object"},
        {"{\"a\": \"\xff\"}", "is not JSON"},
        {"{\"a\": \"\x1b\"}", "is not JSON"},
        {"{\"schema_version\": 1e999}", "is out of range"},
        {"{\"schema_version\": -1}", "schema_version is out of range"},
        {"{\"schema_version\": 1e0}", "schema_version is not a whole number"},
        {"{\"schema_version\": 18446744073709551616}", "schema_version is not a whole number"},
        {"{\"schema_version\": 9007199254740993}", "schema_version is out of range"},
        {"{\"schema_version\": 0}", "its schema_version is 0"},
        {"{\"a\": 1, \"a\": 2}", "'a' is there twice"},
        {"{\"" + escape + "\": 1, \"" + escape + "\": 2}", "' [2J' is there twice"},
        {std::string(100'000, '['), "the text is nested too deep"},
        {std::string(100'000, '[') + std::string(100'000, ']'), "the text is nested too deep"},
        // What looks like a statement and is in no migration.
        {"{\"a\": {\"b\": {\"statements\": 0}}, \"migrations\": [[[{}]]]}", "schema_version is"},
        {"{\"migrations\": [[[{}]]]}", "schema_version is missing"},
        {"{\"migrations\": {\"0\": {\"statements\": [{}]}}}", "schema_version is missing"},
        {"{\"migrations\": [{\"statements\": {\"0\": {}}}]}", "schema_version is missing"},
        {"[[{\"statements\": [{}]}]]", "the text is not an object"},
    };
    for (const auto& [text, says] : cases) {
        const auto refusal = refusal_of(text);
        ASSERT_TRUE(refusal) << text.substr(0, 100);
        EXPECT_THAT(*refusal, HasSubstr(says)) << text.substr(0, 100);
    }
}

TEST(HostileReport, ANumberOrAWordOutsideOfTheContractIsRefused) {
    const struct {
        const char* pointer;
        Json value;
        const char* says;
    } cases[] = {
        {"/migrations/0/elapsed_ms", -1, "migrations[0].elapsed_ms is out of range"},
        {"/migrations/0/elapsed_ms", 1e16, "migrations[0].elapsed_ms is out of range"},
        {"/snapshot/age_days", -1e300, "snapshot.age_days is out of range"},
        {"/snapshot/size_bytes", 1e300, "snapshot.size_bytes is not a whole number"},
        {"/migrations/0/statements/0/wal_bytes", INT64_MAX,
         "migrations[0].statements[0].wal_bytes is out of range"},
        {"/migrations/0/statements/0/evidence", "guess",
         "evidence is none of exact, sampled, log, text, none: 'guess'"},
        {"/migrations/0/blocking/0/blocks", "all", "is none of reads_and_writes, writes: 'all'"},
        {"/migrations/2/findings/0/severity", "\x1b[2J",
         "severity is none of info, warning, danger: ' [2J'"},
        {"/label", std::string(100'000, 'x'), "label is none of ok, noisy, "},
        {"/migrations/0/statements",
         {{"0", Json::object()}},
         "migrations[0].statements is not a list"},
        {"/migrations/0/statements/1", 7, "migrations[0].statements[0] is not an object"},
        {"/migrations/1", Json::array({Json::array({Json::object()})}),
         "migrations[1] is not an object"},
    };
    for (const auto& [pointer, value, says] : cases) {
        const auto refusal = refusal_of(demo_with(pointer, value));
        ASSERT_TRUE(refusal) << pointer;
        EXPECT_THAT(*refusal, HasSubstr(says));
    }
}

TEST(HostileReport, ASnapshotFromTheFutureIsRead) {
    EXPECT_EQ(parse_json(demo_with("/snapshot/age_days", -0.5)).snapshot.age_days, -0.5);
}

TEST(HostileReport, AMissingEndIsSaid) {
    const auto text = render_json(samples::one_ok());
    const std::size_t near_end = text.size() - 40;
    for (std::size_t size = 1; size < text.size() - 1; size += size < near_end ? 13 : 1) {
        const auto refusal = refusal_of(text.substr(0, size));
        ASSERT_TRUE(refusal) << size;
        EXPECT_THAT(*refusal, HasSubstr("ends after " + std::to_string(size) + " bytes"));
    }
}

// Statements that are read aside belong to their own migration.
TEST(HostileReport, AMigrationWithoutStatementsHasNoneOfItsNeighbours) {
    auto report = samples::demo();
    report.migrations[1].statements.clear();
    EXPECT_EQ(parse_json(render_json(report)), report);
}

}  // namespace
}  // namespace rehearse::report
