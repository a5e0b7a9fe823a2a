#include "placeholders.hpp"

#include "texts.hpp"

namespace rehearse::migrations {

std::string with_values(std::string_view text, const ValueOf& value_of, const fs::path& path) {
    std::string filled;
    std::size_t taken = 0;
    for (;;) {
        const std::size_t begin = text.find("${", taken);
        const std::size_t end = begin == std::string_view::npos ? begin : text.find('}', begin);
        if (end == std::string_view::npos) break;
        const std::string_view name = text.substr(begin + 2, end - begin - 2);
        const auto value = value_of(name);
        if (!value) {
            throw error_at(path, position_at(text, begin).line,
                           "the placeholder ${" + std::string(name) + "} has no value",
                           "Give it one with --set " + std::string(name) +
                               "=VALUE, or in the tool's own configuration.");
        }
        filled += text.substr(taken, begin - taken);
        filled += *value;
        taken = end + 1;
    }
    filled += text.substr(taken);
    return filled;
}

}  // namespace rehearse::migrations
