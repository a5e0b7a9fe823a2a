#pragma once

#include <gtest/gtest.h>

namespace rehearse::test {

// In CI nothing that needs PostgreSQL or a container engine may be skipped.
bool is_ci();

}  // namespace rehearse::test

// On a developer's machine: skips the test with the reason. With CI=true: fails it.
#define REHEARSE_SKIP_OR_FAIL(reason)                                 \
    do {                                                              \
        if (rehearse::test::is_ci()) {                                \
            GTEST_FAIL() << "may not be skipped in CI: " << (reason); \
        } else {                                                      \
            GTEST_SKIP() << (reason);                                 \
        }                                                             \
    } while (false)
