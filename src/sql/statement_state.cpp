#include "statement_state.hpp"

#include <array>
#include <string_view>

namespace rehearse::sql {

namespace {

constexpr std::array<std::string_view, 5> kRoutineWords = {"create", "or", "replace", "function",
                                                           "procedure"};

}  // namespace

void StatementState::add(const Token& token, std::size_t offset) {
    switch (token.kind) {
        case TokenKind::open_paren:
            if (paren_depth_++ == 0) paren_offset_ = offset;
            break;
        case TokenKind::close_paren:
            if (paren_depth_ > 0) --paren_depth_;
            break;
        case TokenKind::word:
            add_word(token, offset);
            break;
        default:
            break;
    }
    switch (copy_) {
        case Copy::unknown:
            copy_ = is_word(token, "copy") ? Copy::seen_copy : Copy::no;
            break;
        case Copy::seen_copy:
            if (paren_depth_ == 0 && is_word(token, "from")) copy_ = Copy::seen_from;
            break;
        case Copy::seen_from:
            copy_ = is_word(token, "stdin") ? Copy::from_stdin : Copy::no;
            break;
        case Copy::no:
        case Copy::from_stdin:
            break;
    }
}

// psql knows no grammar: it counts BEGIN, CASE and END outside parentheses in what starts as
// CREATE [OR REPLACE] FUNCTION or PROCEDURE, so that the semicolons of BEGIN ATOMIC ... END do not
// end the statement (src/fe_utils/psqlscan.l, rule {identifier}).
void StatementState::add_word(const Token& token, std::size_t offset) {
    if (words_ < initials_.size()) {
        for (const std::string_view keyword : kRoutineWords) {
            if (is_word(token, keyword)) initials_[words_] = keyword[0];
        }
    }
    ++words_;
    if (paren_depth_ > 0 || !creates_routine()) return;
    if (is_word(token, "begin")) {
        if (begin_depth_++ == 0) begin_offset_ = offset;
    } else if (is_word(token, "case")) {
        if (begin_depth_ > 0) ++begin_depth_;
    } else if (is_word(token, "end")) {
        if (begin_depth_ > 0) --begin_depth_;
    }
}

bool StatementState::creates_routine() const {
    const auto is_routine = [](char initial) { return initial == 'f' || initial == 'p'; };
    if (initials_[0] != 'c') return false;
    if (initials_[1] == 'o') return initials_[2] == 'r' && is_routine(initials_[3]);
    return is_routine(initials_[1]);
}

}  // namespace rehearse::sql
