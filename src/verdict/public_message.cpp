#include "verdict/public_message.hpp"

#include "rehearse/base/text.hpp"

#include <algorithm>
#include <array>
#include <string_view>

namespace rehearse::verdict {

namespace {

constexpr std::size_t kLongestMessage = 300;

// RAISE may take any SQLSTATE and say anything; the server's context tells that it spoke.
bool raised_by_code(const pg::ServerError& error) {
    const auto lines = split_lines(error.context);
    return std::any_of(lines.begin(), lines.end(), [](const auto& line) {
        return line.ends_with(" at RAISE") || line.ends_with(" at ASSERT");
    });
}

}  // namespace

// PostgreSQL manual, appendix A. Messages of constraint and syntax errors name columns, tables and
// constraints; those of class 22 (data exceptions) quote the value; P0, 38 and 39 come from
// functions' own code.
std::string public_message(const pg::ServerError& error) {
    constexpr std::array<std::string_view, 3> kOwnCode{"P0", "38", "39"};
    constexpr std::string_view kInvalidBytes = "22021";
    const auto sqlstate_class = std::string_view{error.sqlstate.code}.substr(0, 2);
    const bool own_code =
        std::find(kOwnCode.begin(), kOwnCode.end(), sqlstate_class) != kOwnCode.end();
    if (own_code || raised_by_code(error)) return {};

    std::string message = error.message;
    if (error.sqlstate.is(kInvalidBytes)) message = message.substr(0, message.find(':'));
    if (sqlstate_class == "22") {
        const auto first = message.find('"');
        const auto last = message.rfind('"');
        if (first != last) message.replace(first + 1, last - first - 1, "…");
    }
    return one_line(message, kLongestMessage);
}

}  // namespace rehearse::verdict
