#include "rehearse/base/redactor.hpp"

#include <algorithm>
#include <array>

namespace rehearse {

namespace {

constexpr std::string_view kMask = "***";
constexpr std::size_t kShortestSecret = 4;

void replace_all(std::string& text, std::string_view what) {
    for (auto at = text.find(what); at != std::string::npos;
         at = text.find(what, at + kMask.size())) {
        text.replace(at, what.size(), kMask);
    }
}

// postgres://user:password@host
void mask_url_passwords(std::string& text) {
    std::size_t from = 0;
    while ((from = text.find("://", from)) != std::string::npos) {
        from += 3;
        const auto end = text.find_first_of(" \t\n'\"<>/", from);
        const auto at_sign = text.rfind('@', end == std::string::npos ? text.size() : end);
        const auto colon = text.find(':', from);
        if (at_sign == std::string::npos || at_sign < from || colon > at_sign) continue;
        text.replace(colon + 1, at_sign - colon - 1, kMask);
    }
}

// password=... of a connection string, PGPASSWORD=... of an environment.
void mask_key_values(std::string& text) {
    constexpr std::array<std::string_view, 3> kKeys{"password=", "PASSWORD=", "Password="};
    for (const auto key : kKeys) {
        for (auto at = text.find(key); at != std::string::npos;
             at = text.find(key, at + key.size())) {
            const auto value = at + key.size();
            const bool quoted = value < text.size() && (text[value] == '\'' || text[value] == '"');
            auto end =
                quoted ? text.find(text[value], value + 1) : text.find_first_of(" \t\n&;", value);
            if (end == std::string::npos)
                end = text.size();
            else if (quoted)
                ++end;
            text.replace(value, end - value, kMask);
        }
    }
}

}  // namespace

void Redactor::add_secret(std::string secret) {
    if (secret.size() >= kShortestSecret) secrets_.push_back(std::move(secret));
}

std::string Redactor::redacted(std::string_view text) const {
    std::string result{text};
    for (const auto& secret : secrets_) replace_all(result, secret);
    mask_url_passwords(result);
    mask_key_values(result);
    return result;
}

}  // namespace rehearse
