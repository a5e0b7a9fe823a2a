#include "support/git.hpp"

#include "rehearse/base/text.hpp"

#include <gtest/gtest.h>

namespace rehearse::test {

std::string Git::run(std::vector<std::string> args) const {
    process::ProcessSpec spec;
    spec.program = "git";
    spec.args = std::move(args);
    spec.working_dir = folder_;
    spec.env = {{"GIT_CONFIG_GLOBAL", "/dev/null"},       {"GIT_AUTHOR_NAME", "a"},
                {"GIT_AUTHOR_EMAIL", "a@example.com"},    {"GIT_COMMITTER_NAME", "a"},
                {"GIT_COMMITTER_EMAIL", "a@example.com"}, {"GIT_CONFIG_NOSYSTEM", "1"}};
    const auto result = process::make_process_runner()->run(spec);
    EXPECT_TRUE(result.ok()) << result.err;
    return std::string{trimmed(result.out)};
}

std::string Git::commit(const std::string& message) const {
    run({"add", "--all"});
    run({"commit", "-q", "-m", message});
    return run({"rev-parse", "HEAD"});
}

}  // namespace rehearse::test
