#include "rehearse/base/error.hpp"
#include "rehearse/process/process.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <string>

namespace rehearse::process {
namespace {

TEST(Programs, AreFoundInPath) {
    ASSERT_TRUE(find_program("sh").has_value());
    EXPECT_TRUE(find_program("sh")->is_absolute());
    EXPECT_EQ(find_program("/bin/sh"), "/bin/sh");
    EXPECT_FALSE(find_program("rehearse-no-such-program").has_value());
    EXPECT_FALSE(find_program("/etc/passwd").has_value());  // not executable
    EXPECT_FALSE(find_program("/etc").has_value());
}

TEST(Programs, AMissingOneIsNamedWithItsPackage) {
    struct Case {
        std::string program;
        std::string hint;
        ErrorKind kind;
    };
    const std::vector<Case> cases{
        {"/nowhere/pg_restore", "apt install postgresql-client", ErrorKind::scratch},
        {"/nowhere/docker", "apt install docker.io", ErrorKind::scratch},
        {"/nowhere/initdb", "apt install postgresql", ErrorKind::scratch},
        {"/nowhere/zstd", "apt install zstd", ErrorKind::usage},
        {"/nowhere/something", "Install it", ErrorKind::usage},
    };
    for (const Case& missing : cases) {
        ProcessSpec spec;
        spec.program = missing.program;
        try {
            make_process_runner()->run(spec);
            ADD_FAILURE() << missing.program << " was found";
        } catch (const Error& error) {
            EXPECT_EQ(error.kind(), missing.kind) << missing.program;
            EXPECT_EQ(error.message(), "cannot find the program " + missing.program);
            ASSERT_EQ(error.hints().size(), 1U);
            EXPECT_THAT(error.hints().front(), testing::HasSubstr(missing.hint));
        }
    }
}

TEST(Programs, TheCommandLineIsQuotedAndWithoutSecrets) {
    ProcessSpec spec;
    spec.program = "psql";
    spec.args = {"-c", "SELECT 'x'", "", "--password=hunter22", "/tmp/a-b_c.sql"};
    spec.secrets = {"hunter22"};
    const std::string line = command_line_of(spec);
    EXPECT_THAT(line, testing::StartsWith("psql -c 'SELECT '\\''x'\\''' '' "));
    EXPECT_THAT(line, testing::EndsWith("/tmp/a-b_c.sql"));
    EXPECT_THAT(line, testing::Not(testing::HasSubstr("hunter22")));
}

}  // namespace
}  // namespace rehearse::process
