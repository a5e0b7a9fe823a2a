#include "rehearse/pg/types.hpp"

#include "rehearse/base/text.hpp"

#include <unistd.h>

#include <charconv>
#include <cstdlib>
#include <vector>

namespace rehearse::pg {

namespace {

// The number at the front of `text`, which is taken off.
std::optional<int> take_number(std::string_view& text) {
    int number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (error != std::errc{} || number < 0) return std::nullopt;
    text.remove_prefix(static_cast<std::size_t>(end - text.data()));
    return number;
}

std::optional<int> take_dot_number(std::string_view& text) {
    if (!text.starts_with('.')) return std::nullopt;
    text.remove_prefix(1);
    return take_number(text);
}

}  // namespace

void forget_environment() {
    std::vector<std::string> names;
    for (char** entry = environ; entry != nullptr && *entry != nullptr; ++entry) {
        const std::string_view text = *entry;
        if (text.starts_with("PG")) names.emplace_back(text.substr(0, text.find('=')));
    }
    for (const auto& name : names) unsetenv(name.c_str());
}

std::string ServerVersion::text() const {
    // Since 10 a version has two parts (server_version_num: major * 10000 + minor).
    if (number >= 100000)
        return std::to_string(number / 10000) + "." + std::to_string(number % 10000);
    return std::to_string(number / 10000) + "." + std::to_string(number / 100 % 100) + "." +
           std::to_string(number % 100);
}

std::optional<ServerVersion> ServerVersion::parse(std::string_view text) {
    const std::optional<int> major = take_number(text);
    if (!major || *major == 0) return std::nullopt;
    const int second = take_dot_number(text).value_or(0);
    if (*major >= 10) return ServerVersion{*major * 10000 + second};
    return ServerVersion{*major * 10000 + second * 100 + take_dot_number(text).value_or(0)};
}

std::string RelationName::text() const {
    if (schema.empty() || schema == "public") return quoted_identifier(name);
    return quoted_identifier(schema) + "." + quoted_identifier(name);
}

}  // namespace rehearse::pg
