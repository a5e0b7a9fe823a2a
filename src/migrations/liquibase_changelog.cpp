#include "liquibase_changelog.hpp"

#include "rehearse/base/text.hpp"

#include "settings_file.hpp"
#include "texts.hpp"

#include <algorithm>
#include <regex>

namespace rehearse::migrations {

namespace {

// What follows "--" and white space on a comment line, where it begins with the word.
std::optional<std::string_view> directive(std::string_view line, std::string_view word) {
    line = trimmed(line);
    if (!line.starts_with("--")) return std::nullopt;
    line = trimmed(line.substr(2));
    if (!starts_with_ignoring_case(line, word)) return std::nullopt;
    return trimmed(line.substr(word.size()));
}

// "name:value" words; a value may stand in double quotes.
std::map<std::string, std::string> attributes_of(std::string_view text) {
    static const std::regex pattern(R"re(([A-Za-z]+):("[^"]*"|\S+))re");
    std::map<std::string, std::string> attributes;
    const std::string whole(text);
    for (std::sregex_iterator at(whole.begin(), whole.end(), pattern), end; at != end; ++at) {
        std::string value = (*at)[2];
        if (value.size() > 1 && value.front() == '"') value = value.substr(1, value.size() - 2);
        attributes[lower_cased((*at)[1].str())] = value;
    }
    return attributes;
}

std::string unquoted(std::string text) {
    if (text.size() > 1 && text.front() == '"' && text.back() == '"')
        return text.substr(1, text.size() - 2);
    return text;
}

bool is_word_byte(char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}

// Where the token that begins at `at` ends, and whether it ends the statement.
struct Step {
    std::size_t end = 0;
    bool is_delimiter = false;
};

// Reads a body token by token, as Liquibase's grammar cuts it.
class BodyReader {
  public:
    BodyReader(std::string_view text, std::string delimiter)
        : text_(text), delimiter_(std::move(delimiter)) {}

    Step next(std::size_t at) {
        if (text_.substr(at).starts_with("--")) return {line_end(at), false};
        if (text_.substr(at).starts_with("/*")) return {behind(at + 2, "*/"), false};
        if (text_[at] == '\'') return {behind(at + 1, "'"), false};
        if (text_[at] == '"') return {behind(at + 1, "\""), false};
        if (depth_ <= 0 && text_.substr(at).starts_with(delimiter_))
            return {at + delimiter_.size(), true};
        if (depth_ <= 0 && delimiter_ == ";" && is_own_line(at)) return {line_end(at), true};
        if (!is_word_byte(text_[at])) return {at + 1, false};
        std::size_t end = at;
        while (end < text_.size() && is_word_byte(text_[end])) ++end;
        const std::string word = lower_cased(text_.substr(at, end - at));
        if (word == "begin" && !ends_at_once(end)) ++depth_;
        if (word == "end" && depth_ > 0) --depth_;
        return {end, false};
    }

  private:
    std::size_t line_end(std::size_t at) const {
        return std::min(text_.find('\n', at), text_.size());
    }
    std::size_t behind(std::size_t at, std::string_view mark) const {
        const std::size_t found = text_.find(mark, at);
        return found == std::string_view::npos ? text_.size() : found + mark.size();
    }
    // "GO" or "/" alone on a line.
    bool is_own_line(std::size_t at) const {
        const std::size_t begin = text_.rfind('\n', at == 0 ? 0 : at - 1);
        const std::size_t first = begin == std::string_view::npos ? 0 : begin + 1;
        if (first > at) return false;
        const std::string_view line = trimmed(text_.substr(first, line_end(at) - first));
        return trimmed(text_.substr(first, at - first)).empty() &&
               (line == "/" || lower_cased(line) == "go");
    }
    // BEGIN; of a transaction, not of a block.
    bool ends_at_once(std::size_t end) const {
        return trimmed(text_.substr(end, text_.size() - end)).starts_with(";");
    }

    std::string_view text_;
    std::string delimiter_;
    int depth_ = 0;
};

}  // namespace

bool ChangeSet::flag(const std::string& name, bool otherwise) const {
    const auto found = attributes.find(name);
    return found == attributes.end() ? otherwise : is_true(found->second);
}

std::string ChangeSet::attribute(const std::string& name) const {
    const auto found = attributes.find(name);
    return found == attributes.end() ? "" : found->second;
}

bool is_formatted_sql(std::string_view text) {
    for (const Line& line : lines_of(text)) {
        std::string_view words = trimmed(line.text);
        if (words.starts_with("\xEF\xBB\xBF")) words.remove_prefix(3);
        if (words.empty()) continue;
        const auto rest = directive(words, "liquibase");
        return rest && starts_with_ignoring_case(*rest, "formatted");
    }
    return false;
}

std::vector<ChangeSet> change_sets_of(std::string_view text, const fs::path& path) {
    static const std::regex pattern(R"re(^("[^"]+"|[^:]+):\s*("[^"]+"|\S+)(.*)$)re");
    std::vector<ChangeSet> sets;
    for (const Line& line : lines_of(text)) {
        if (const auto rest = directive(line.text, "changeset")) {
            std::smatch match;
            const std::string words(*rest);
            if (!std::regex_match(words, match, pattern)) {
                throw error_at(path, line.number, "a changeset without author and id",
                               "Write: --changeset author:id");
            }
            if (!sets.empty()) sets.back().end = line.begin;
            ChangeSet set;
            set.author = unquoted(std::string(trimmed(match[1].str())));
            set.id = unquoted(match[2]);
            set.attributes = attributes_of(match[3].str());
            set.line = line.number;
            set.begin = line.end;
            set.end = text.size();
            sets.push_back(std::move(set));
            continue;
        }
        if (sets.empty()) continue;
        const bool is_rollback =
            directive(line.text, "rollback").has_value() ||
            lower_cased(line.text).find("liquibase rollback") != std::string::npos;
        if (is_rollback) sets.back().has_rollback = true;
        if (directive(line.text, "precondition")) sets.back().has_preconditions = true;
    }
    return sets;
}

std::map<std::string, std::string> properties_of(std::string_view text) {
    std::map<std::string, std::string> properties;
    for (const Line& line : lines_of(text)) {
        const auto rest = directive(line.text, "property");
        if (!rest) continue;
        const auto attributes = attributes_of(*rest);
        if (attributes.contains("name") && attributes.contains("value"))
            properties.try_emplace(attributes.at("name"), attributes.at("value"));
    }
    return properties;
}

std::vector<Text> texts_of(std::string_view text, const ChangeSet& set) {
    std::vector<Text> texts;
    const auto add = [&](std::size_t begin, std::size_t end) {
        while (begin < end && (text[begin] == '\n' || text[begin] == '\r' || text[begin] == ' '))
            ++begin;
        if (begin < end) texts.push_back(stretch_of(text, begin, end));
    };
    if (!set.flag("splitstatements", true)) {
        add(set.begin, set.end);
        return texts;
    }
    const std::string delimiter = set.attribute("enddelimiter");
    BodyReader reader(text.substr(0, set.end), delimiter.empty() ? ";" : delimiter);
    std::size_t begin = set.begin;
    for (std::size_t at = begin; at < set.end;) {
        const Step step = reader.next(at);
        if (step.is_delimiter) {
            add(begin, at);
            begin = step.end;
        }
        at = step.end;
    }
    add(begin, set.end);
    return texts;
}

}  // namespace rehearse::migrations
