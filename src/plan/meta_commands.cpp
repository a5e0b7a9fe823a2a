#include "meta_commands.hpp"

#include "rehearse/base/text.hpp"
#include "rehearse/plan/plan.hpp"

#include <algorithm>
#include <array>

namespace rehearse::plan {

namespace {

// What psql prints and how (manual page of psql, "Meta-Commands"); \restrict stands in every plain
// pg_dump since August 2025.
constexpr std::array<std::string_view, 25> kOutputCommands{
    R"(\?)",      R"(\a)",          R"(\C)",          R"(\conninfo)", R"(\copyright)",
    R"(\echo)",   R"(\errverbose)", R"(\f)",          R"(\h)",        R"(\H)",
    R"(\help)",   R"(\html)",       R"(\l)",          R"(\list)",     R"(\pset)",
    R"(\qecho)",  R"(\restrict)",   R"(\sf)",         R"(\sv)",       R"(\t)",
    R"(\timing)", R"(\T)",          R"(\unrestrict)", R"(\warn)",     R"(\x)"};

constexpr std::array<std::string_view, 11> kOutputVariables{
    "ECHO",    "ECHO_HIDDEN", "HISTCONTROL", "HISTFILE",  "HISTSIZE",    "PROMPT1",
    "PROMPT2", "PROMPT3",     "QUIET",       "VERBOSITY", "SHOW_CONTEXT"};

template <std::size_t N>
bool is_one_of(const std::array<std::string_view, N>& all, std::string_view one) {
    return std::find(all.begin(), all.end(), one) != all.end();
}

// psql runs `commands` in backquotes in a shell, and a further backslash begins another command.
bool has_only_one_command(std::string_view arguments) {
    bool quoted = false;
    for (std::size_t i = 0; i < arguments.size(); ++i) {
        const char c = arguments[i];
        if (c == '\'') quoted = !quoted;
        if (c == '`') return false;
        if (c != '\\') continue;
        if (!quoted) return false;
        ++i;  // an escape such as '\n'
    }
    return true;
}

bool is_on(std::string_view value) {
    constexpr std::array<std::string_view, 5> kOn{"", "on", "1", "true", "yes"};
    return is_one_of(kOn, lower_cased(value));
}

bool sets_something_harmless(std::string_view arguments) {
    const std::size_t end = std::min(arguments.find_first_of(" \t"), arguments.size());
    const std::string_view name = arguments.substr(0, end);
    // psql stops at an error then, as a rehearsal does; off, it would go on.
    if (name == "ON_ERROR_STOP") return is_on(trimmed(arguments.substr(end)));
    return is_one_of(kOutputVariables, name);
}

bool is_utf8_name(std::string_view name) {
    constexpr std::array<std::string_view, 5> kNames{"", "utf8", "utf-8", "unicode", "'utf8'"};
    return is_one_of(kNames, lower_cased(name));
}

}  // namespace

std::string_view meta_command_name(std::string_view line) {
    line = trimmed(line);
    const std::size_t end = line.find_first_of(" \t\r\n\\'\"`", 1);
    return line.substr(0, end);
}

bool is_harmless_meta_command(std::string_view line) {
    line = trimmed(line);
    const std::string_view name = meta_command_name(line);
    if (name.size() < 2) return false;
    const std::string_view arguments = trimmed(line.substr(name.size()));
    if (!has_only_one_command(arguments)) return false;
    if (name == R"(\set)") return sets_something_harmless(arguments);
    if (name == R"(\encoding)") return is_utf8_name(arguments);
    return is_one_of(kOutputCommands, name) || name.starts_with(R"(\d)");
}

std::string instead_of_meta_command(std::string_view line) {
    const std::string name = lower_cased(meta_command_name(line));
    const auto is = [&](std::initializer_list<std::string_view> names) {
        return std::find(names.begin(), names.end(), name) != names.end();
    };
    if (is({R"(\i)", R"(\ir)", R"(\include)", R"(\include_relative)"}))
        return "Put the text of the included file in its place.";
    if (is({R"(\c)", R"(\connect)"}))
        return "A rehearsal has one database: take the line out, and keep files for other "
               "databases in a folder of their own.";
    if (is({R"(\copy)"}))
        return R"(Write COPY ... FROM STDIN with the rows behind it, ended by a line "\.".)";
    if (is({R"(\set)", R"(\unset)", R"(\gset)", R"(\getenv)", R"(\prompt)"}))
        return "Write the variable's value where it is used.";
    if (is({R"(\g)", R"(\gx)", R"(\gdesc)"})) return "End the statement with a semicolon.";
    if (is({R"(\gexec)"})) return "Run the statements it makes from a DO block with EXECUTE.";
    if (is({R"(\if)", R"(\elif)", R"(\else)", R"(\endif)"}))
        return "Decide in a DO block, or take the condition out.";
    if (is({R"(\encoding)"})) return "Save the file as UTF-8 and take the line out.";
    return "Take the line out, or write it as SQL.";
}

}  // namespace rehearse::plan
