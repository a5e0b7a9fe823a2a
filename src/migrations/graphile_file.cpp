#include "graphile_file.hpp"

#include "rehearse/base/text.hpp"

#include "checksum.hpp"

#include <algorithm>
#include <cctype>
#include <map>
#include <optional>
#include <utility>

namespace rehearse::migrations {

namespace {

constexpr std::string_view kMark = "--! ";
constexpr const char* kHint =
    "Take the file as 'graphile-migrate commit' wrote it, from version control; graphile-migrate "
    "reads every committed file before it runs one.";

using Header = std::pair<std::string, std::string>;

// "--! Previous: sha1:..."; nullopt for a line that is no header. Lines end in LF alone.
std::optional<Header> header_of(std::string_view line) {
    if (!line.starts_with(kMark) || line.find('\r') != std::string_view::npos) return std::nullopt;
    line.remove_prefix(kMark.size());
    const auto end = std::find_if_not(line.begin(), line.end(), [](char c) {
        return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_';
    });
    const std::string_view name = line.substr(0, static_cast<std::size_t>(end - line.begin()));
    if (name.empty() || name[0] < 'A' || name[0] > 'Z') return std::nullopt;
    if (name.size() == line.size()) return Header{name, ""};
    if (line[name.size()] != ':') return std::nullopt;
    return Header{name, trimmed(line.substr(name.size() + 1))};
}

bool is_no_transaction(std::string_view body) {
    std::string_view line = body.substr(0, body.find('\n'));
    if (!line.starts_with("--!")) return false;
    line = trimmed(line.substr(3));
    constexpr std::string_view kWord = "no-transaction";
    if (!line.starts_with(kWord)) return false;
    return line.size() == kWord.size() ||
           (std::isalnum(static_cast<unsigned char>(line[kWord.size()])) == 0 &&
            line[kWord.size()] != '_');
}

}  // namespace

GraphileFile read_graphile_file(const fs::path& path) {
    const std::string text = read_migration(path);
    std::map<std::string, std::string> headers;
    std::size_t at = 0;
    int line_number = 1;
    for (;; ++line_number) {
        const std::size_t end = std::min(text.find('\n', at), text.size());
        const std::string_view line = std::string_view(text).substr(at, end - at);
        const auto header = header_of(line);
        if (!header) {
            if (!line.empty() || headers.empty())
                throw error_at(path, line_number,
                               headers.empty()
                                   ? "there is no \"--! Previous:\" and no \"--! Hash:\""
                                   : "an empty line is to follow the headers",
                               kHint);
            break;
        }
        if (!headers.insert(*header).second)
            throw error_at(path, line_number, "the header " + header->first + " stands twice",
                           kHint);
        at = std::min(end + 1, text.size());
    }
    for (const char* name : {"Previous", "Hash"}) {
        if (headers[name].empty())
            throw error_at(path, line_number, std::string("there is no \"--! ") + name + ":\"",
                           kHint);
    }
    GraphileFile file;
    file.hash = headers["Hash"];
    if (headers["Previous"] != "-") file.previous = headers["Previous"];
    file.allows_invalid_hash = headers.contains("AllowInvalidHash");
    const std::string_view body = trimmed(std::string_view(text).substr(at));
    const std::size_t begin =
        body.empty() ? at : static_cast<std::size_t>(body.data() - text.data());
    file.body = {std::string(body) + "\n", position_at(text, begin)};
    file.no_transaction = is_no_transaction(file.body.sql);
    return file;
}

std::string GraphileFile::real_hash() const {
    const std::string chained = previous + "\n" + body.sql;
    return "sha1:" + digest_of(std::string(trimmed(chained)) + "\n", Digest::sha1);
}

}  // namespace rehearse::migrations
