#include "support/skip.hpp"

#include <cstdlib>
#include <string_view>

namespace rehearse::test {

bool is_ci() {
    const char* value = std::getenv("CI");
    return value != nullptr && std::string_view{value} == "true";
}

}  // namespace rehearse::test
