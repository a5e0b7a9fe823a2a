#include "plan/meta_commands.hpp"

#include "rehearse/plan/plan.hpp"

#include <gtest/gtest.h>

namespace rehearse::plan {
namespace {

TEST(MetaCommands, ThatOnlyPrintAreHarmless) {
    for (const char* line : {
             R"(\echo starting)",
             R"(\echo '\nstarting')",
             R"(\qecho)",
             R"(\warn careful)",
             R"(\timing)",
             R"(\timing on)",
             R"(\pset pager off)",
             R"(\x)",
             R"(\x auto)",
             R"(\t)",
             R"(\d users)",
             R"(\dt+)",
             R"(\encoding utf8)",
             R"(\encoding UTF-8)",
             R"(\set ON_ERROR_STOP on)",
             R"(\set ON_ERROR_STOP 1)",
             R"(\set ON_ERROR_STOP)",
             R"(\set VERBOSITY verbose)",
             R"(\set QUIET 1)",
             R"(\restrict aBc123)",
             R"(\unrestrict aBc123)",
         })
        EXPECT_TRUE(is_harmless_meta_command(line)) << line;
}

TEST(MetaCommands, ThatDoSomethingAreNot) {
    for (const char* line : {
             R"(\)",
             R"(\i other.sql)",
             R"(\ir other.sql)",
             R"(\include other.sql)",
             R"(\c other)",
             R"(\connect other)",
             R"(\copy users from 'users.csv')",
             R"(\set ON_ERROR_STOP off)",
             R"(\set AUTOCOMMIT off)",
             R"(\set ON_ERROR_ROLLBACK on)",
             R"(\set name 'value')",
             R"(\unset ON_ERROR_STOP)",
             R"(\encoding latin1)",
             R"(\gexec)",
             R"(\gset)",
             R"(\g)",
             R"(\if :x)",
             R"(\! rm -rf /)",
             R"(\o file)",
             R"(\q)",
             R"(\;)",
             R"(\\)",
             R"(\echo `date`)",
             R"(\x \i other.sql)",
             R"(\echo a \\ DROP TABLE users;)",
         }) {
        EXPECT_FALSE(is_harmless_meta_command(line)) << line;
        EXPECT_FALSE(instead_of_meta_command(line).empty()) << line;
    }
}

}  // namespace
}  // namespace rehearse::plan
