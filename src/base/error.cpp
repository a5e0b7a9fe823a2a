#include "rehearse/base/error.hpp"

#include "rehearse/base/text.hpp"

namespace rehearse {

int exit_code_of(ErrorKind kind) {
    switch (kind) {
        case ErrorKind::usage:
            return 2;
        case ErrorKind::scratch:
            return 3;
        case ErrorKind::snapshot:
            return 4;
        case ErrorKind::migrations:
            return 5;
        case ErrorKind::delivery:
            return 6;
        case ErrorKind::internal:
            return 70;
        case ErrorKind::interrupted:
            return 130;
    }
    return 70;
}

Error::Error(ErrorKind kind, std::string message, std::vector<std::string> hints)
    : kind_(kind), message_(std::move(message)), hints_(std::move(hints)) {}

Error& Error::with_hint(std::string hint) {
    hints_.push_back(std::move(hint));
    return *this;
}

Error& Error::with_output(const std::string& text, std::size_t last_lines) {
    auto lines = split_lines(text);
    while (!lines.empty() && trimmed(lines.back()).empty()) lines.pop_back();
    if (lines.size() > last_lines) {
        lines.erase(lines.begin(), lines.end() - static_cast<std::ptrdiff_t>(last_lines));
    }
    output_tail_ = std::move(lines);
    return *this;
}

Error& Error::inside(std::string outer_context) {
    context_.insert(context_.begin(), std::move(outer_context));
    return *this;
}

std::string render_error(const Error& error) {
    std::string text = "rehearse: error: " + error.message() + "\n";
    for (const auto& context : error.context()) text += "  while " + context + "\n";
    for (const auto& hint : error.hints()) text += "  hint: " + hint + "\n";
    for (const auto& line : error.output_tail()) text += "  | " + line + "\n";
    return text;
}

}  // namespace rehearse
