#include "suppressions.hpp"

#include "rehearse/base/error.hpp"
#include "rehearse/base/text.hpp"

#include <algorithm>

namespace rehearse::plan {

namespace {

constexpr std::string_view kMark = "rehearse:";

std::string_view first_word(std::string_view& text) {
    text = trimmed(text);
    const std::size_t end = std::min(text.find_first_of(" \t"), text.size());
    const std::string_view word = text.substr(0, end);
    text = trimmed(text.substr(end));
    return word;
}

// `comment` is a line from its "--" on.
void add_from_comment(std::vector<FileSurvey::Allowed>& allowed, std::string_view comment, int line,
                      const std::filesystem::path& path) {
    comment.remove_prefix(std::min(comment.find_first_not_of('-'), comment.size()));
    comment = trimmed(comment);
    if (!starts_with_ignoring_case(comment, kMark)) return;
    comment.remove_prefix(kMark.size());
    if (first_word(comment) != "allow") return;
    const std::string_view rule = first_word(comment);
    const bool gives_reason = first_word(comment) == "because" && !comment.empty();
    if (rule.empty() || !gives_reason) {
        throw Error(ErrorKind::migrations,
                    path.string() + ":" + std::to_string(line) +
                        ": a finding is allowed without a rule and a reason",
                    {"Write: -- rehearse: allow RULE because REASON"});
    }
    allowed.push_back({std::string(rule), std::string(comment), line});
}

}  // namespace

void add_suppressions(std::vector<FileSurvey::Allowed>& allowed, const sql::Statement& statement,
                      const std::filesystem::path& path) {
    const std::string& leading = statement.leading;
    int line = statement.position.line -
               static_cast<int>(std::count(leading.begin(), leading.end(), '\n'));
    // What stands before a statement is white space and comments and nothing else.
    if (leading.find(kMark) != std::string::npos) {
        for (const std::string& text : split(leading, '\n')) {
            if (const std::size_t at = text.find("--"); at != std::string::npos)
                add_from_comment(allowed, std::string_view(text).substr(at), line, path);
            ++line;
        }
    }
    if (statement.text.find(kMark) == std::string::npos) return;
    line = statement.position.line;
    for (const std::string& text : split(statement.text, '\n')) {
        if (trimmed(text).starts_with("--")) add_from_comment(allowed, trimmed(text), line, path);
        ++line;
    }
}

}  // namespace rehearse::plan
