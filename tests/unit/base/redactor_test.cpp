#include "rehearse/base/redactor.hpp"

#include <gtest/gtest.h>

namespace rehearse {
namespace {

TEST(Redactor, TakesOutWhatMustNotBeSeen) {
    Redactor redactor;
    redactor.add_secret("s3cret-word");
    redactor.add_secret("ab");
    const std::pair<const char*, const char*> cases[] = {
        {"login with s3cret-word failed", "login with *** failed"},
        {"postgres://app:hunter2@db:5432/shop", "postgres://app:***@db:5432/shop"},
        {"postgres://app@db/shop", "postgres://app@db/shop"},
        {"host=db password=hunter2 user=x", "host=db password=*** user=x"},
        {"password='with space' user=x", "password=*** user=x"},
        {"PGPASSWORD=hunter2 psql", "PGPASSWORD=*** psql"},
        {"about able", "about able"},
    };
    for (const auto& [text, expected] : cases) EXPECT_EQ(redactor.redacted(text), expected);
}

}  // namespace
}  // namespace rehearse
