#include "e2e/rehearse_test.hpp"

#include "rehearse/base/text.hpp"
#include "rehearse/process/process.hpp"

#include "support/dumps.hpp"
#include "support/leftovers.hpp"
#include "support/proc.hpp"
#include "support/skip.hpp"

#include <algorithm>
#include <array>

namespace rehearse::test {

namespace {

constexpr std::string_view kEngine = REHEARSE_E2E_ENGINE;

std::string image_of(int major) {
    return "rehearse-test/postgres:" + std::to_string(major);
}

std::string ask_docker(const Args& args) {
    process::ProcessSpec spec;
    spec.program = "docker";
    spec.args = args;
    const auto result = process::make_process_runner()->run(spec);
    return result.ok() ? result.out : "";
}

std::string why_no_engine() {
    if (kEngine == "local") return "";
    if (!process::find_program("docker")) return "docker is not installed";
    for (const int major : {15, 17}) {
        if (ask_docker({"image", "ls", "--quiet", image_of(major)}).empty()) {
            return "docker does not answer or has no image " + image_of(major) +
                   ": make it with scripts/build-scratch-image";
        }
    }
    return "";
}

// The steps that a run tells of while it works, and what it says of every numbered folder.
bool is_progress(std::string_view line) {
    constexpr std::array<std::string_view, 21> kSteps{
        "looking into ",
        "fetching ",
        "uploading ",
        "looking at production",
        "dumping ",
        "checksums",
        "comparing ",
        "checking ",
        "reading the history",
        "starting PostgreSQL ",
        "restoring ",
        "loading rows",
        "running the dump's SQL",
        "building indexes and constraints",
        "vacuum and analyze",
        "starting again with production-like settings",
        "running ",
        "[",
        "rehearse: report: ",
        "rehearse: engine: ",
        "rehearse: warning: numbered files keep no "};
    return std::any_of(kSteps.begin(), kSteps.end(),
                       [&](std::string_view step) { return line.starts_with(step); });
}

// The lines beneath "rehearse: error: ".
bool is_about_the_error(std::string_view line) {
    return line.starts_with("  while ") || line.starts_with("  hint: ") || line.starts_with("  | ");
}

std::vector<std::string> field_of_migrations(const nlohmann::json& report, const char* field) {
    std::vector<std::string> values;
    for (const auto& migration : report.at("migrations")) values.push_back(migration.at(field));
    return values;
}

}  // namespace

Args operator+(Args left, const Args& right) {
    left.insert(left.end(), right.begin(), right.end());
    return left;
}

Args engine_under_test(int major) {
    if (kEngine == "local") return {"--engine", "local"};
    return {"--engine", "docker", "--image", image_of(major), "--no-pull"};
}

void RehearseTest::SetUp() {
    for (const std::string& reason : {why_no_dumps(), why_no_engine()}) {
        if (!reason.empty()) REHEARSE_SKIP_OR_FAIL(reason);
    }
}

void RehearseTest::TearDown() {
    for (const Outcome& outcome : outcomes_) {
        if (!asked_.contains(&outcome)) expect_stderr_only(outcome, {});
    }
    EXPECT_THAT(leftovers_of(sandbox_), ::testing::IsEmpty());
}

Outcome& RehearseTest::run_rehearse(const Args& args, const RunOptions& options) {
    return outcomes_.emplace_back(sandbox_.run_rehearse(args, options));
}

Outcome& RehearseTest::rehearse_on(const fs::path& snapshot, const Args& more,
                                   const RunOptions& options) {
    return run_rehearse(Args{"run", "--snapshot", snapshot, "--migrations", "migrations"} +
                            engine_under_test() + more,
                        options);
}

void RehearseTest::expect_stderr_only(const Outcome& outcome,
                                      const std::vector<std::string>& texts) {
    asked_.insert(&outcome);
    const bool error_is_asked = std::any_of(texts.begin(), texts.end(), [](const auto& text) {
        return text.starts_with("rehearse: error: ");
    });
    for (const std::string& line : split_lines(outcome.err)) {
        const bool asked = is_progress(line) || (error_is_asked && is_about_the_error(line)) ||
                           std::any_of(texts.begin(), texts.end(), [&](const std::string& text) {
                               return line.find(text) != std::string::npos;
                           });
        EXPECT_TRUE(asked) << "not asked for on stderr: " << line << "\n"
                           << outcome.command_line << "\n"
                           << outcome.err;
    }
    for (const std::string& text : texts) {
        EXPECT_THAT(outcome.err, ::testing::HasSubstr(text)) << outcome.command_line;
    }
}

fs::path RehearseTest::migration(const std::string& name, const std::string& sql) const {
    return sandbox_.write("migrations/" + name, sql);
}

fs::path RehearseTest::snapshot(const std::string& dump, const std::string& name) const {
    const fs::path copy = sandbox_.work() / "snapshots" / (name.empty() ? dump : name);
    fs::create_directories(copy.parent_path());
    fs::copy(dumps() / dump, copy, fs::copy_options::recursive);
    return copy;
}

pid_t RehearseTest::backend_that_runs(const std::string& command_tag) const {
    std::vector<pid_t> containers;
    if (kEngine == "docker") {
        for (const std::string& run_id : sandbox_.run_ids()) {
            for (const std::string& id : containers_of_run(run_id)) {
                const std::string pid = ask_docker({"inspect", "--format", "{{.State.Pid}}", id});
                if (!pid.empty()) containers.push_back(std::stoi(pid));
            }
        }
    }
    const std::string temp = sandbox_.temp();
    const auto found = wait_for_process("a backend that runs " + command_tag, [&](const Proc& one) {
        if (!one.command_line.starts_with("postgres: ") ||
            one.command_line.find(" " + command_tag) == std::string::npos) {
            return false;
        }
        if (one.cwd.string().starts_with(temp)) return true;
        const auto all = all_processes();
        return std::any_of(containers.begin(), containers.end(),
                           [&](pid_t container) { return descends_from(one, container, all); });
    });
    return found ? found->pid : 0;
}

std::vector<std::string> labels_of(const nlohmann::json& report) {
    return field_of_migrations(report, "label");
}

std::vector<std::string> versions_of(const nlohmann::json& report) {
    return field_of_migrations(report, "version");
}

}  // namespace rehearse::test
