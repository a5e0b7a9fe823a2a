#include "goose_script.hpp"

#include <cctype>

namespace rehearse::migrations {

namespace {

bool is_of_name(char c) {
    return c == '_' || std::isalnum(static_cast<unsigned char>(c)) != 0;
}

class Expansion {
  public:
    Expansion(const Line& line, const ValueOf& value_of, const fs::path& path)
        : line_(line), value_of_(value_of), path_(path) {}

    // Up to `stop` or the line's end.
    std::string expand(char stop = '\0') {
        std::string expanded;
        while (at_ < line_.text.size() && (stop == '\0' || rest().front() != stop)) {
            if (rest().starts_with("\\\\") || rest().starts_with("$(")) {
                expanded += rest().substr(0, 2);
                at_ += 2;
            } else if (rest().starts_with("\\$") || rest().starts_with("$$")) {
                expanded += '$';
                at_ += 2;
            } else if (rest().starts_with("${")) {
                at_ += 2;
                expanded += in_braces();
            } else if (rest().front() == '$' && rest().size() > 1) {
                ++at_;
                const std::string name = read_name();
                expanded += value_or_throw(name, value_of_(name));
            } else {
                expanded += line_.text[at_++];
            }
        }
        return expanded;
    }

  private:
    std::string_view rest() const { return line_.text.substr(at_); }

    std::string read_name() {
        const std::size_t begin = at_;
        while (at_ < line_.text.size() && is_of_name(line_.text[at_])) ++at_;
        if (begin == at_ || std::isalpha(static_cast<unsigned char>(line_.text[begin])) == 0)
            throw not_understood();
        return std::string(line_.text.substr(begin, at_ - begin));
    }

    // Behind "${".
    std::string in_braces() {
        const std::string name = read_name();
        auto value = value_of_(name);
        if (rest().starts_with(":-") || rest().starts_with("-")) {
            const bool empty_counts = rest().starts_with("-");
            at_ += empty_counts ? 1 : 2;
            const std::string otherwise = expand('}');
            if (!value || (value->empty() && !empty_counts)) value = otherwise;
        } else if (rest().starts_with("?")) {
            ++at_;
            expand('}');
        }
        if (!rest().starts_with("}")) throw not_understood();
        ++at_;
        return value_or_throw(name, value);
    }

    // goose itself takes "" for what its environment does not have; here that is most likely
    // production's environment, which this machine has not.
    std::string value_or_throw(const std::string& name, const std::optional<std::string>& value) {
        if (value) return *value;
        throw error_at(path_, line_.number, "the placeholder ${" + name + "} has no value",
                       "Give it one with --set " + name + "=VALUE, or set " + name +
                           " in the environment, as goose reads it.");
    }

    Error not_understood() const {
        return error_at(path_, line_.number,
                        "a placeholder between ENVSUB ON and OFF that a "
                        "rehearsal cannot fill in",
                        "Write ${NAME} or ${NAME:-default}; a dollar sign of SQL is written $$ "
                        "there, or stands outside of ENVSUB ON and OFF.");
    }

    const Line& line_;
    const ValueOf& value_of_;
    const fs::path& path_;
    std::size_t at_ = 0;
};

}  // namespace

std::string with_environment(const Line& line, const ValueOf& value_of, const fs::path& path) {
    return Expansion(line, value_of, path).expand();
}

}  // namespace rehearse::migrations
