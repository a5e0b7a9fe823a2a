#include "atlas_sum.hpp"

#include "rehearse/base/text.hpp"

#include "checksum.hpp"
#include "texts.hpp"

namespace rehearse::migrations {

namespace {

constexpr std::string_view kPrefix = "h1:";

}  // namespace

AtlasSum atlas_sum_of(const std::vector<std::pair<std::string, std::string>>& files) {
    AtlasSum sum;
    RunningSha256 content;
    RunningSha256 total;
    for (const auto& [name, text] : files) {
        content.add(name);
        if (atlas_directive(text, "sum") == "ignore") continue;
        content.add(text);
        sum.files.emplace_back(name, content.base64());
        total.add(name);
        total.add(sum.files.back().second);
    }
    sum.total = total.base64();
    return sum;
}

AtlasSum read_atlas_sum(const fs::path& file) {
    AtlasSum sum;
    const std::string text = read_migration(file);
    for (const Line& each : lines_of(text)) {
        const std::string_view line = trimmed(each.text);
        const std::size_t mark = line.rfind(kPrefix);
        if (mark == std::string_view::npos) {
            throw error_at(file, each.number, "not a line of atlas.sum",
                           "Write it anew with 'atlas migrate hash'.");
        }
        const std::string hash(line.substr(mark + kPrefix.size()));
        if (each.number == 1) {
            sum.total = hash;
        } else {
            sum.files.emplace_back(trimmed(line.substr(0, mark)), hash);
        }
    }
    return sum;
}

std::string atlas_directive(std::string_view text, std::string_view name) {
    const std::string mark = "atlas:" + std::string(name);
    std::string value;
    for (const Line& line : lines_of(text)) {
        const std::string_view words = trimmed(line.text);
        if (words.empty()) return value;
        if (!words.starts_with("--")) return "";
        const std::size_t at = words.find(mark);
        if (at == std::string_view::npos) continue;
        const std::string_view rest = words.substr(at + mark.size());
        if (!rest.empty() && rest.front() != ' ') continue;
        value = rest.empty() ? "yes" : std::string(trimmed(rest));
    }
    return value;
}

}  // namespace rehearse::migrations
