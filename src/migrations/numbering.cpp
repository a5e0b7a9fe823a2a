#include "numbering.hpp"

#include <algorithm>

namespace rehearse::migrations {

namespace {

bool is_digit(char c) {
    return c >= '0' && c <= '9';
}

std::strong_ordering compare_digits(const std::string& a, const std::string& b) {
    if (const auto by_length = a.size() <=> b.size(); by_length != 0) return by_length;
    return a <=> b;
}

}  // namespace

Numbering::Numbering(std::string_view text) {
    std::size_t at = 0;
    while (true) {
        const std::size_t begin = at;
        while (at < text.size() && is_digit(text[at])) ++at;
        if (at == begin) break;
        const std::string_view digits = text.substr(begin, at - begin);
        const std::size_t zeros = digits.find_first_not_of('0');
        parts_.emplace_back(zeros == std::string_view::npos ? "" : digits.substr(zeros));
        if (at == text.size()) return;
        if (text[at] != '.' && text[at] != '-') break;
        ++at;
    }
    parts_.clear();
}

std::strong_ordering Numbering::operator<=>(const Numbering& other) const {
    return std::lexicographical_compare_three_way(
        parts_.begin(), parts_.end(), other.parts_.begin(), other.parts_.end(), compare_digits);
}

}  // namespace rehearse::migrations
