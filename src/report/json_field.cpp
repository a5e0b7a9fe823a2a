#include "report/json_field.hpp"

#include "rehearse/base/error.hpp"
#include "rehearse/base/text.hpp"
#include "rehearse/report/layout.hpp"

#include <algorithm>
#include <cmath>

namespace rehearse::report {

namespace {

// Of a text that may be anything: enough to find it, and nothing that a terminal acts on.
std::string shown(const std::string& text) {
    constexpr std::size_t kShown = 200;
    return one_line(printable(text), kShown);
}

}  // namespace

void refuse(const std::string& path, const std::string& what) {
    throw Error(ErrorKind::usage, "not a report of rehearse: " + shown(path) + " " + shown(what),
                {"Give the report.json that a run has written; the schema is printed by rehearse "
                 "report --schema."});
}

Field Field::at(const char* name) const {
    if (!value_.is_object()) refuse(path_.empty() ? "the text" : path_, "is not an object");
    const auto found = value_.find(name);
    if (found == value_.end()) refuse(path_of(name), "is missing");
    return {*found, path_of(name)};
}

void Field::to(std::string& text) const {
    if (!value_.is_string()) refuse(path_, "is not a string");
    text = value_.get<std::string>();
}

void Field::to(bool& flag) const {
    if (!value_.is_boolean()) refuse(path_, "is neither true nor false");
    flag = value_.get<bool>();
}

void Field::to(double& number) const {
    to_signed(number);
    if (number < 0) refuse(path_, "is out of range");
}

void Field::to_signed(double& number) const {
    if (!value_.is_number()) refuse(path_, "is not a number");
    number = value_.get<double>();
    if (!(std::abs(number) <= kMost)) refuse(path_, "is out of range");
}

void Field::to(std::map<std::string, std::string>& texts) const {
    if (!value_.is_object()) refuse(path_, "is not an object");
    for (const auto& [name, value] : value_.items()) {
        Field{value, path_of(name)}.to(texts[name]);
    }
}

void Field::read_word(const char* name, std::string& word, Words known) const {
    const auto field = at(name);
    field.to(word);
    if (std::find(known.begin(), known.end(), word) != known.end()) return;
    refuse(field.path_, "is none of " +
                            join(std::vector<std::string>(known.begin(), known.end()), ", ") +
                            ": '" + word + "'");
}

std::uint64_t Field::whole_number() const {
    if (!value_.is_number_integer()) refuse(path_, "is not a whole number");
    const bool is_below_zero = !value_.is_number_unsigned() && value_.get<std::int64_t>() < 0;
    const auto whole = value_.get<std::uint64_t>();
    if (is_below_zero || whole > kMostWhole) refuse(path_, "is out of range");
    return whole;
}

std::string Field::path_of(const std::string& name) const {
    return path_.empty() ? name : path_ + "." + name;
}

}  // namespace rehearse::report
