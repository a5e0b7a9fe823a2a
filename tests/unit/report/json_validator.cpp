#include "json_validator.hpp"

#include "rehearse/base/text.hpp"
#include "rehearse/process/process.hpp"

#include <gtest/gtest.h>

namespace rehearse::report {

namespace {

constexpr int kMissing = 77;

// Reads schema and documents from stdin, prints a line for each.
constexpr const char* kValidate = R"(
import json, sys
try:
    from jsonschema.validators import validator_for
except ImportError:
    sys.exit(77)
given = json.load(sys.stdin)
kind = validator_for(given["schema"])
kind.check_schema(given["schema"])
validator = kind(given["schema"])
for document in given["documents"]:
    errors = ["/" + "/".join(map(str, e.absolute_path)) for e in validator.iter_errors(document)]
    print(" ".join(sorted(errors)) or "ok")
)";

}  // namespace

std::optional<std::vector<std::string>> validated(
    const nlohmann::ordered_json& schema, const std::vector<nlohmann::ordered_json>& documents) {
    if (!process::find_program("python3")) return std::nullopt;
    process::ProcessSpec spec;
    spec.program = "python3";
    spec.args = {"-c", kValidate};
    spec.stdin_text = nlohmann::ordered_json{{"schema", schema}, {"documents", documents}}.dump();
    const auto result = process::make_process_runner()->run(spec);
    if (result.exit_code == kMissing) return std::nullopt;
    EXPECT_TRUE(result.ok()) << result.err;
    return split_lines(result.out);
}

}  // namespace rehearse::report
