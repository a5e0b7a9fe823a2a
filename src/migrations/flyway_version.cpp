#include "flyway_version.hpp"

#include "rehearse/base/text.hpp"

#include <algorithm>

namespace rehearse::migrations {

std::optional<std::string> flyway_version(std::string_view text) {
    std::string dotted(text);
    std::replace(dotted.begin(), dotted.end(), '_', '.');
    std::vector<std::string> parts = split(dotted, '.');
    for (std::string& part : parts) {
        if (part.empty() || part.find_first_not_of("0123456789") != std::string::npos)
            return std::nullopt;
        part.erase(0, std::min(part.find_first_not_of('0'), part.size() - 1));
    }
    while (parts.size() > 1 && parts.back() == "0") parts.pop_back();
    return join(parts, ".");
}

}  // namespace rehearse::migrations
