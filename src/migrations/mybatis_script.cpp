#include "mybatis_script.hpp"

#include "rehearse/base/text.hpp"

#include <regex>

namespace rehearse::migrations {

namespace {

bool begins_undo(std::string_view line) {
    static const std::regex pattern(R"(^\s*(--|//)\s*//\s*@UNDO.*$)");
    return line.find("@UNDO") != std::string_view::npos &&
           std::regex_match(line.begin(), line.end(), pattern);
}

// "\${" is no placeholder and loses its backslash.
std::string filled(std::string_view text, const ValueOf& value_of, const fs::path& path) {
    constexpr std::string_view kEscaped = "\\${";
    constexpr std::string_view kKept = "\x01{";  // no text that PostgreSQL takes has it
    if (text.find("${") == std::string_view::npos) return std::string(text);
    std::string kept(text);
    for (std::size_t at = kept.find(kEscaped); at != std::string::npos;
         at = kept.find(kEscaped, at))
        kept.replace(at, kEscaped.size(), kKept);
    std::string result = with_values(kept, value_of, path);
    for (std::size_t at = result.find(kKept); at != std::string::npos; at = result.find(kKept, at))
        result.replace(at, kKept.size(), "${");
    return result;
}

class Splitter {
  public:
    Splitter(MybatisSplitting splitting, const fs::path& path)
        : splitting_(std::move(splitting)), path_(path) {}

    std::vector<Text> split(std::string_view text) {
        for (const Line& line : lines_of(text)) take(line);
        if (!text_.has_statement()) return std::move(texts_);
        throw error_at(path_, text_.statement_line(),
                       "the statement that begins here does not end in " + splitting_.delimiter,
                       "Put the delimiter behind it; MyBatis stops there, and what came before "
                       "stays.");
    }

  private:
    // Comments are left out, also in a function's body. Before a statement they are kept for what
    // they may tell us.
    void take(const Line& line) {
        const std::string_view content = trimmed(line.text);
        if (content.starts_with("--") || content.starts_with("//")) {
            take_delimiter(content);
            if (!text_.has_statement() && content.starts_with("--")) text_.add(line);
        } else if (splitting_.on_its_own_line
                       ? content == splitting_.delimiter
                       : content.find(splitting_.delimiter) != std::string_view::npos) {
            // What stands behind the last delimiter of a line goes unrun.
            text_.add_statement(line, line.text.substr(0, line.text.rfind(splitting_.delimiter)));
            texts_.push_back(text_.take());
        } else if (!content.empty()) {
            text_.add_statement(line, line.text);
        }
    }

    void take_delimiter(std::string_view comment) {
        static const std::regex pattern(R"(^((--)|(//))?\s*(//)?\s*@DELIMITER\s+(\S+))",
                                        std::regex::icase);
        std::cmatch match;
        if (std::regex_search(comment.begin(), comment.end(), match, pattern))
            splitting_.delimiter = match[5];
    }

    MybatisSplitting splitting_;
    const fs::path& path_;
    TextOfLines text_;
    std::vector<Text> texts_;
};

}  // namespace

MybatisScript mybatis_script(std::string_view text, const MybatisSplitting& splitting,
                             const ValueOf& value_of, const fs::path& path) {
    MybatisScript script;
    std::size_t end = text.size();
    for (const Line& line : lines_of(text)) {
        if (!begins_undo(line.text)) continue;
        script.has_undo = true;
        end = line.begin;
        break;
    }
    const std::string up = filled(text.substr(0, end), value_of, path);
    if (splitting.not_at_all) {
        script.up.push_back({up, {}});
    } else {
        script.up = Splitter(splitting, path).split(up);
    }
    return script;
}

}  // namespace rehearse::migrations
