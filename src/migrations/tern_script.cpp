#include "tern_script.hpp"

#include "rehearse/base/text.hpp"

#include <algorithm>
#include <regex>
#include <string>

namespace rehearse::migrations {

namespace {

constexpr std::string_view kSeparator = "---- create above / drop below ----";
constexpr std::string_view kDisableTx = "---- tern: disable-tx ----";
constexpr int kDeepestInclude = 20;

// tern's files are templates of Go's text/template: of those the values of [data], includes and
// comments.
class Template {
  public:
    Template(const ValueOf& value_of, const fs::path& folder)
        : value_of_(value_of), folder_(folder) {}

    std::string evaluate(std::string_view text, const fs::path& path, int depth) const {
        std::string result;
        std::size_t taken = 0;
        for (;;) {
            const std::size_t begin = text.find("{{", taken);
            if (begin == std::string_view::npos) break;
            const std::size_t end = text.find("}}", begin);
            const int line = position_at(text, begin).line;
            if (end == std::string_view::npos) throw not_understood(path, line, text.substr(begin));
            std::string_view action = text.substr(begin + 2, end - begin - 2);
            std::string_view before = text.substr(taken, begin - taken);
            taken = end + 2;
            if (action.starts_with("- ")) {
                before = before.substr(0, before.find_last_not_of(" \t\r\n") + 1);
                action.remove_prefix(1);
            }
            if (action.ends_with(" -")) {
                taken = std::min(text.find_first_not_of(" \t\r\n", taken), text.size());
                action.remove_suffix(1);
            }
            result += before;
            result += value_of(std::string(trimmed(action)), path, line, depth);
        }
        result += text.substr(taken);
        return result;
    }

  private:
    std::string value_of(const std::string& action, const fs::path& path, int line,
                         int depth) const {
        static const std::regex value(R"(^\.([A-Za-z_][A-Za-z0-9_]*)$)");
        static const std::regex include(R"re(^template\s+["`]([^"`]+)["`](\s+\.)?$)re");
        std::smatch match;
        if (action.starts_with("/*") && action.ends_with("*/")) return "";
        if (std::regex_match(action, match, include)) {
            const fs::path included = folder_ / match[1].str();
            if (depth >= kDeepestInclude) {
                throw error_at(path, line, "templates that include one another without end",
                               "Take one of the includes out; tern cannot evaluate them either.");
            }
            return evaluate(read_migration(included), included, depth + 1);
        }
        if (!std::regex_match(action, match, value)) throw not_understood(path, line, action);
        if (const auto found = value_of_(match[1].str())) return *found;
        throw error_at(
            path, line, "the placeholder {{." + match[1].str() + "}} has no value",
            "Give it one with --set " + match[1].str() + "=VALUE, or under [data] in tern.conf.");
    }

    static Error not_understood(const fs::path& path, int line, std::string_view action) {
        return error_at(path, line,
                        "a template that a rehearsal does not evaluate: " + one_line(action, 60),
                        "{{.name}} and {{template \"folder/file.sql\" .}} are understood; rehearse "
                        "the rest with --command 'tern migrate'.");
    }

    const ValueOf& value_of_;
    const fs::path& folder_;
};

// As its own line; one that ends in CR LF is not seen by tern.
bool has_disable_tx(std::string_view text) {
    for (std::size_t at = text.find(kDisableTx); at != std::string_view::npos;
         at = text.find(kDisableTx, at + 1)) {
        const std::size_t end = at + kDisableTx.size();
        if ((at == 0 || text[at - 1] == '\n') && (end == text.size() || text[end] == '\n'))
            return true;
    }
    return false;
}

bool has_sql(std::string_view text) {
    const auto lines = lines_of(text);
    return std::any_of(lines.begin(), lines.end(), [](const Line& line) {
        const std::string_view content = trimmed(line.text);
        return !content.empty() && !content.starts_with("--");
    });
}

}  // namespace

TernScript tern_script(std::string_view text, const ValueOf& value_of, const fs::path& path,
                       const fs::path& folder) {
    TernScript script;
    const std::size_t separator = text.find(kSeparator);
    script.has_down = separator != std::string_view::npos &&
                      !trimmed(text.substr(separator + kSeparator.size())).empty();
    script.up.sql = Template(value_of, folder).evaluate(text.substr(0, separator), path, 0);
    script.in_transaction = !has_disable_tx(script.up.sql);
    if (has_sql(script.up.sql)) return script;
    throw error_at(path, 1, "no SQL above '" + std::string(kSeparator) + "'",
                   "tern refuses a file without a way up; SELECT 1; does nothing and is taken.");
}

}  // namespace rehearse::migrations
