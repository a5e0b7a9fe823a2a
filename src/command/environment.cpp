#include "environment.hpp"

#include "rehearse/base/text.hpp"

#include <unistd.h>

#include <algorithm>
#include <array>

extern char** environ;  // NOLINT: POSIX declares it nowhere

namespace rehearse::command {

namespace {

// Of a URL's parts: whatever is not surely plain is written as %XX.
std::string percent_encoded(std::string_view text) {
    constexpr std::string_view kPlain =
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._~";
    constexpr std::string_view kDigits = "0123456789ABCDEF";
    std::string encoded;
    for (const char c : text) {
        if (kPlain.find(c) != std::string_view::npos) {
            encoded += c;
            continue;
        }
        const auto byte = static_cast<unsigned char>(c);
        encoded += '%';
        encoded += kDigits[byte >> 4];
        encoded += kDigits[byte & 15];
    }
    return encoded;
}

bool holds_address(std::string_view value) {
    constexpr std::array<std::string_view, 4> kSchemes{
        "postgres:", "postgresql:", "jdbc:postgresql:", "postgresql+"};
    const auto text = trimmed(value);
    return std::any_of(kSchemes.begin(), kSchemes.end(), [&](std::string_view scheme) {
        return starts_with_ignoring_case(text, scheme);
    });
}

bool names_address(std::string_view name) {
    return name.starts_with("PG") || name.ends_with("DATABASE_URL");
}

}  // namespace

std::vector<std::string> names_of_addresses(const std::vector<std::string>& environment) {
    std::vector<std::string> names;
    for (const std::string& line : environment) {
        const auto equals = line.find('=');
        if (equals == std::string::npos) continue;
        const auto name = line.substr(0, equals);
        if (names_address(name) || holds_address(line.substr(equals + 1))) names.push_back(name);
    }
    return names;
}

std::vector<std::string> own_environment() {
    std::vector<std::string> lines;
    for (char** line = environ; line != nullptr && *line != nullptr; ++line)
        lines.emplace_back(*line);
    return lines;
}

std::map<std::string, std::string> address_variables(const pg::ConnInfo& where) {
    const std::string port = std::to_string(where.port);
    const std::string place = where.host + ":" + port + "/" + percent_encoded(where.dbname);
    const std::string jdbc = "jdbc:postgresql://" + place;
    return {
        {"DATABASE_URL", "postgresql://" + percent_encoded(where.user) + ":" +
                             percent_encoded(where.password) + "@" + place},
        {"PGHOST", where.host},
        {"PGPORT", port},
        {"PGUSER", where.user},
        {"PGPASSWORD", where.password},
        {"PGDATABASE", where.dbname},
        // The way there never leaves this machine, and the scratch has no certificate.
        {"PGSSLMODE", "disable"},
        {"PGGSSENCMODE", "disable"},
        // A password file of the user's could hold another for this address.
        {"PGPASSFILE", "/dev/null"},
        {"FLYWAY_URL", jdbc},
        {"FLYWAY_USER", where.user},
        {"FLYWAY_PASSWORD", where.password},
        {"LIQUIBASE_COMMAND_URL", jdbc},
        {"LIQUIBASE_COMMAND_USERNAME", where.user},
        {"LIQUIBASE_COMMAND_PASSWORD", where.password},
        // A server of theirs would outlive the command with a connection of its own.
        {"DISABLE_SPRING", "1"},
    };
}

}  // namespace rehearse::command
