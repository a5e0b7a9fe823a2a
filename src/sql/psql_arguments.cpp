#include "psql_arguments.hpp"

#include <algorithm>

namespace rehearse::sql {

namespace {

constexpr std::string_view kSpace = " \t\n\r\f\v";

bool is_space(char c) {
    return kSpace.find(c) != std::string_view::npos;
}

int digit_value(char c) {
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    if (c >= 'A' && c <= 'F') return c - 'A' + 10;
    return 16;
}

}  // namespace

PsqlArguments::PsqlArguments(std::string_view line, const VariableTable* variables)
    : line_(line), variables_(variables), must_close_(variables != nullptr) {
    const std::size_t end = std::min(line_.find_first_of(" \t\n\r\f\v\\", 1), line_.size());
    name_ = line_.substr(1, end - 1);
    at_ = end;
}

void PsqlArguments::skip_space() {
    while (!at_end() && is_space(line_[at_])) ++at_;
}

std::optional<std::string> PsqlArguments::next() {
    auto taken = take();
    if (!taken) return std::nullopt;
    return std::move(taken->text);
}

std::optional<std::string> PsqlArguments::next_file() {
    auto taken = take();
    if (!taken) return std::nullopt;
    while (taken->unquoted-- > 0 && taken->text.ends_with(';')) taken->text.pop_back();
    return std::move(taken->text);
}

std::string_view PsqlArguments::rest() {
    skip_space();
    const std::string_view found = line_.substr(at_);
    at_ = line_.size();
    return found;
}

void PsqlArguments::skip_file_or_pipe() {
    skip_space();
    if (!at_end() && line_[at_] == '|') at_ = line_.size();
}

void PsqlArguments::print() {
    must_close_ = false;
    while (take()) {
    }
}

void PsqlArguments::finish() {
    variables_ = nullptr;
    must_close_ = false;
    while (take()) {
    }
    if (line_.substr(at_).starts_with("\\\\")) at_ += 2;
}

std::optional<PsqlArguments::Taken> PsqlArguments::take() {
    skip_space();
    Taken taken;
    while (!at_end() && !is_space(line_[at_]) && line_[at_] != '\\') {
        const char c = line_[at_];
        switch (c) {
            case '\'':
                take_quoted(taken);
                break;
            case '"':
            case '`':
                take_verbatim(taken, c);
                break;
            case ':':
                take_colon(taken);
                break;
            default:
                taken.text += c;
                ++taken.unquoted;
                ++at_;
        }
    }
    if (taken.text.empty() && !taken.is_quoted) return std::nullopt;
    // psql's own strings end there: '\000'.
    taken.text.resize(std::min(taken.text.find('\0'), taken.text.size()));
    return taken;
}

void PsqlArguments::take_quoted(Taken& taken) {
    const std::size_t opened = at_++;
    taken.is_quoted = true;
    taken.unquoted = 0;
    while (!at_end()) {
        if (line_[at_] == '\\' && at_ + 1 < line_.size()) {
            take_escape(taken);
        } else if (line_[at_] != '\'') {
            taken.text += line_[at_++];
        } else if (line_.substr(at_).starts_with("''")) {
            taken.text += '\'';
            at_ += 2;
        } else {
            ++at_;
            return;
        }
    }
    if (must_close_)
        throw PsqlFault{opened, "a quoted string that does not end on its line",
                        "Close it on the same line: psql's commands are one line each."};
}

// At a backslash with something behind it.
void PsqlArguments::take_escape(Taken& taken) {
    constexpr std::string_view kLetters = "ntbrf";
    constexpr std::string_view kMeanings = "\n\t\b\r\f";
    const char c = line_[at_ + 1];
    at_ += 2;
    if (const std::size_t letter = kLetters.find(c); letter != std::string_view::npos) {
        taken.text += kMeanings[letter];
        return;
    }
    const bool is_hex = c == 'x' && !at_end() && digit_value(line_[at_]) < 16;
    if (!is_hex && digit_value(c) >= 8) {
        taken.text += c;
        return;
    }
    const int base = is_hex ? 16 : 8;
    const std::size_t longest = is_hex ? 2 : 3;
    if (!is_hex) --at_;
    int value = 0;
    for (std::size_t digits = 0; digits < longest && !at_end(); ++digits) {
        const int digit = digit_value(line_[at_]);
        if (digit >= base) break;
        value = value * base + digit;
        ++at_;
    }
    taken.text += static_cast<char>(value);
}

// "..." with its quotes, and `...`, which nobody evaluates.
void PsqlArguments::take_verbatim(Taken& taken, char quote) {
    const std::size_t opened = at_;
    taken.is_quoted = true;
    taken.unquoted = 0;
    if (variables_ != nullptr && quote == '`')
        throw PsqlFault{opened, "psql would run what stands in backquotes in a shell",
                        "Write its output in its place, or give a variable with --set "
                        "NAME=VALUE."};
    const std::size_t closed = line_.find(quote, opened + 1);
    if (closed == std::string_view::npos && must_close_)
        throw PsqlFault{opened, "a quoted string that does not end on its line",
                        "Close it on the same line: psql's commands are one line each."};
    at_ = closed == std::string_view::npos ? line_.size() : closed + 1;
    taken.text += line_.substr(opened, at_ - opened);
}

void PsqlArguments::take_colon(Taken& taken) {
    using Form = VariableReference::Form;
    bool undecided = false;
    const auto reference = variable_reference(line_.substr(at_), undecided);
    const std::string* const value =
        reference && variables_ != nullptr ? variables_->find(reference->name) : nullptr;
    const bool is_unknown =
        reference && variables_ != nullptr && variables_->is_unknown(reference->name);
    if (!reference) {
        taken.text += ':';
        ++taken.unquoted;
        ++at_;
        return;
    }
    if (is_unknown && reference->form != Form::is_set)
        throw PsqlFault{
            at_,
            "only psql itself knows what its variable " + std::string(reference->name) + " holds",
            "Write its value in its place, or give it with --set " + std::string(reference->name) +
                "=VALUE."};
    taken.unquoted = 0;
    taken.is_quoted = true;
    if (reference->form == Form::is_set) {
        taken.text += value != nullptr || is_unknown ? "TRUE" : "FALSE";
    } else if (value == nullptr) {
        taken.text += line_.substr(at_, reference->length);
    } else if (reference->form == Form::literal) {
        taken.text += as_literal(*value);
    } else if (reference->form == Form::identifier) {
        taken.text += as_identifier(*value);
    } else {
        taken.text += *value;
    }
    at_ += reference->length;
}

}  // namespace rehearse::sql
