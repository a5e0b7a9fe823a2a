#include "psql_file.hpp"

#include "rehearse/base/error.hpp"

#include "position.hpp"

#include <algorithm>
#include <utility>

namespace rehearse::sql {

namespace {

// As in ScriptReader.
constexpr std::size_t kLongestLeading = 1024 * 1024;
// What was read is given back in steps of this size, so that a long statement is held once.
constexpr std::size_t kSettleAt = 256 * 1024;

constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";

// psql reads line by line, and forgets at a line's end that a string may go on behind it: for it,
// E'...' ends at its first quote. Null where it does not.
const char* end_of_escape_string(const char* at, const char* end) {
    for (at += 2; at < end; ++at) {
        if (*at == '\\') {
            ++at;
        } else if (*at == '\'') {
            if (at + 1 == end || at[1] != '\'') return at + 1;
            ++at;
        }
    }
    return nullptr;
}

bool is_escape_string(const Token& token) {
    return token.kind == TokenKind::string && (*token.begin == 'e' || *token.begin == 'E');
}

}  // namespace

PsqlFile::PsqlFile(std::filesystem::path path, ScriptReader::Source source,
                   VariableTable& variables)
    : path_(std::move(path)), variables_(variables), input_(std::move(source)) {}

std::string PsqlFile::place(const Position& position) const {
    return path_.string() + ":" + std::to_string(position.line) + ":" +
           std::to_string(position.column);
}

void PsqlFile::fail(const Position& position, const std::string& message,
                    const std::string& hint) const {
    throw Error(ErrorKind::migrations, place(position) + ": " + message, {hint});
}

bool PsqlFile::is_active() const {
    if (conditions_.empty()) return true;
    const Branch branch = conditions_.back().branch;
    return branch == Branch::taken || branch == Branch::else_taken;
}

PsqlFile::Found PsqlFile::next() {
    copy_data_.skip(input_, position_);
    if (!std::exchange(has_begun_, true)) {
        input_.have(kByteOrderMark.size());
        if (input_.view(0, input_.size()).starts_with(kByteOrderMark)) {
            leading_ = kByteOrderMark;
            input_.drop(kByteOrderMark.size());
            position_.offset = kByteOrderMark.size();
        }
    }
    while (!has_ended_) {
        forget_ended_values();
        const Token token = token_here();
        if (token.kind == TokenKind::end || token.unterminated) {
            has_ended_ = true;
            return {last_piece(token), {}, {}};
        }
        if (token.kind == TokenKind::backslash) {
            if (escaped_separator()) continue;
            Found found = command();
            if (found.statement || found.include) return found;
        } else if (token.kind == TokenKind::other && *token.begin == ':') {
            colon();
        } else if (token.kind == TokenKind::semicolon && !state_.is_nested() && is_active() &&
                   has_text()) {
            ++offset_;
            return {complete(";"), {}, {}};
        } else {
            pass(token);
            if (!has_text() && leading_.size() > kLongestLeading) return {leading_piece(), {}, {}};
        }
    }
    return {};
}

// Where the token at hand must end at the latest: it may not be made of a variable's value and of
// what stands behind that.
std::size_t PsqlFile::limit() const {
    return values_.empty() ? input_.size() : values_.back().end;
}

void PsqlFile::forget_ended_values() {
    while (!values_.empty() && values_.back().end <= offset_) values_.pop_back();
}

Token PsqlFile::token_here() {
    const char* const begin = input_.begin() + offset_;
    Token token;
    if (!values_.empty()) {
        token = next_token(begin, input_.begin() + limit(), true);
        // A quote may begin in a value and end behind it.
        if (token.unterminated) token = token_at(input_, offset_);
    } else {
        token = token_at(input_, offset_);
    }
    if (is_escape_string(token)) {
        if (const char* end = end_of_escape_string(token.begin, token.end)) {
            token.end = end;
            token.unterminated = false;
        }
    }
    return token;
}

// Gives back what was taken.
void PsqlFile::settle() {
    const std::size_t from_value = std::min(value_bytes_, offset_);
    position_ = advanced(position_, input_.view(from_value, offset_));
    value_bytes_ -= from_value;
    for (Value& value : values_) value.end -= std::min(value.end, offset_);
    input_.drop(offset_);
    offset_ = 0;
}

Position PsqlFile::position_here() const {
    if (offset_ < value_bytes_) return value_position_;
    return advanced(position_, input_.view(value_bytes_, offset_));
}

void PsqlFile::begin_text() {
    if (!has_text()) text_position_ = position_here();
}

void PsqlFile::append(std::string_view text, bool is_blank) {
    if (!is_blank) begin_text();
    std::string& to = is_blank && !has_text() ? leading_ : text_;
    to += text;
    if (!is_blank) text_end_ = text_.size();
}

// Of what psql passes over, only the lines are kept.
void PsqlFile::pass_over(std::string_view text) {
    std::string& to = has_text() ? text_ : leading_;
    to.append(static_cast<std::size_t>(std::count(text.begin(), text.end(), '\n')), '\n');
}

void PsqlFile::pass(const Token& token) {
    const bool is_lone_semicolon = token.kind == TokenKind::semicolon && !has_text();
    const bool was_nested = state_.is_nested();
    if (!is_active()) {
        pass_over(token.text());
        if (token.kind == TokenKind::semicolon && !was_nested) state_.begin_next();
    } else {
        append(token.text(), token.is_blank() || is_lone_semicolon);
    }
    if (!token.is_blank() && token.kind != TokenKind::semicolon) {
        state_.add(token, offset_);
        if (!was_nested && state_.is_nested()) {
            settle();  // so that no byte is counted twice
            nested_position_ = position_here();
        }
    }
    offset_ += token.text().size();
    if (offset_ > kSettleAt) settle();
}

// "\;" and "\:" stand for the character itself.
bool PsqlFile::escaped_separator() {
    if (values_.empty()) input_.have(offset_ + 2);
    if (offset_ + 2 > limit()) return false;
    const char c = input_.begin()[offset_ + 1];
    if (c != ';' && c != ':') return false;
    if (is_active()) {
        const bool is_text = c == ':' || has_text();
        append(std::string_view(&c, 1), !is_text);
        has_parts_ |= c == ';' && is_text;
    }
    if (c == ';') state_.begin_next();
    offset_ += 2;
    return true;
}

void PsqlFile::colon() {
    const auto text_here = [this] { return input_.view(offset_, limit()); };
    bool undecided = false;
    auto reference = variable_reference(text_here(), undecided);
    while (undecided && values_.empty() && !input_.complete()) {
        input_.read_more();
        reference = variable_reference(text_here(), undecided);
    }
    if (reference && is_active()) return expand(*reference);
    // A cast or a PL/pgSQL assignment is one token, so that no variable begins at its second half.
    const std::string_view here = text_here();
    const bool is_pair = here.starts_with("::") || here.starts_with(":=");
    const std::size_t length = reference ? reference->length : is_pair ? 2 : 1;
    if (is_active()) append(here.substr(0, length), false);
    offset_ += length;
}

void PsqlFile::expand(const VariableReference& reference) {
    using Form = VariableReference::Form;
    const std::string name(reference.name);
    const std::string* const value = variables_.find(name);
    const bool is_unknown = variables_.is_unknown(name);
    if (reference.form == Form::is_set) {
        append(value != nullptr || is_unknown ? "TRUE" : "FALSE", false);
        offset_ += reference.length;
        return;
    }
    if (is_unknown) {
        fail(position_here(), "only psql itself knows what its variable " + name + " holds",
             "Write its value in its place, or give it with --set " + name + "=VALUE.");
    }
    const bool is_inside_itself = std::any_of(values_.begin(), values_.end(),
                                              [&](const Value& one) { return one.name == name; });
    if (value == nullptr || (reference.form == Form::plain && is_inside_itself)) {
        append(input_.view(offset_, offset_ + reference.length), false);
        offset_ += reference.length;
    } else if (reference.form == Form::plain) {
        // The value is read as if it stood there.
        const Position here = position_here();
        offset_ += reference.length;
        settle();
        if (value_bytes_ == 0) value_position_ = here;
        input_.prepend(*value);
        value_bytes_ += value->size();
        for (Value& one : values_) one.end += value->size();
        values_.push_back({name, value->size()});
    } else {
        append(reference.form == Form::literal ? as_literal(*value) : as_identifier(*value), false);
        offset_ += reference.length;
    }
}

// Ends the statement: `end` is what ended it.
Statement PsqlFile::finished(std::string_view end) {
    Statement made;
    made.leading = std::exchange(leading_, {});
    made.trailing = text_.substr(text_end_) + std::string(end);
    text_.resize(text_end_);
    made.text = std::exchange(text_, {});
    made.position = text_position_;
    made.has_parts = std::exchange(has_parts_, false);
    text_end_ = 0;
    return made;
}

Statement PsqlFile::complete(std::string_view end) {
    settle();
    Statement made = finished(end);
    if (state_.is_copy_from_stdin()) {
        const std::size_t data = start_of_copy_data(input_, 0, position_);
        made.trailing += input_.view(0, data);
        made.has_copy_data = true;
        offset_ = data;
        settle();
        copy_data_.begin();
    }
    state_ = {};
    return made;
}

Statement PsqlFile::leading_piece() {
    settle();
    Statement made;
    made.leading = std::exchange(leading_, {});
    made.position = position_;
    return made;
}

Statement PsqlFile::last_piece(const Token& token) {
    if (!conditions_.empty()) {
        fail(conditions_.back().position, R"(the \if that begins here has no \endif)",
             R"(Write \endif where it ends; psql ends with an error without it.)");
    }
    std::string open_construct;
    Position open_position;
    if (token.unterminated) {
        open_construct = construct_name(token);
        open_position = position_here();
        append(token.text(), token.is_blank());
        offset_ += token.text().size();
    } else if (state_.is_nested()) {
        open_construct = state_.in_parentheses() ? "parenthesis" : "BEGIN ATOMIC body";
        open_position = nested_position_;
    }
    settle();
    if (!has_text()) text_position_ = position_;
    Statement made = finished({});
    made.unterminated = !open_construct.empty();
    made.open_construct = std::move(open_construct);
    made.open_position = open_position;
    return made;
}

}  // namespace rehearse::sql
