#include "implicit_block.hpp"

#include "rehearse/base/text.hpp"
#include "rehearse/sql/script.hpp"

#include <vector>

namespace rehearse::replay {

namespace {

using sql::StatementKind;

std::vector<std::string> words_of(std::string_view text) {
    return split(lower_cased(sql::normalized(text)), ' ');
}

bool is_transaction_word(const std::string& word) {
    return word == "begin" || word == "start" || word == "work" || word == "transaction";
}

// COMMIT AND CHAIN; "AND NO CHAIN" is the default.
bool chains(std::string_view text) {
    const std::vector<std::string> words = words_of(text);
    return words.size() >= 2 && words.back() == "chain" && words[words.size() - 2] == "and";
}

}  // namespace

std::string transaction_modes_of(std::string_view begin) {
    std::vector<std::string> words = split(sql::normalized(begin), ' ');
    std::size_t first = 0;
    while (first < words.size() && is_transaction_word(lower_cased(words[first]))) ++first;
    words.erase(words.begin(), words.begin() + static_cast<std::ptrdiff_t>(first));
    return join(words, " ");
}

ImplicitBlock::Action ImplicitBlock::action_for(StatementKind kind, std::string_view text) const {
    switch (kind) {
        case StatementKind::begin:
            if (state_ != State::implicit) return Action::send;
            return transaction_modes_of(text).empty() ? Action::adopt : Action::adopt_with_modes;
        case StatementKind::commit:
        case StatementKind::rollback:
            if (state_ != State::implicit) return Action::send;
            return chains(text) ? Action::roll_back_and_send : Action::send_and_warn;
        case StatementKind::savepoint:
            return state_ == State::implicit ? Action::roll_back_and_send : Action::send;
        default:
            return state_ == State::none ? Action::begin_and_send : Action::send;
    }
}

void ImplicitBlock::ran(StatementKind kind, bool in_transaction_now) {
    if (!in_transaction_now) {
        state_ = State::none;
    } else if (kind == StatementKind::begin || state_ == State::explicit_) {
        state_ = State::explicit_;
    } else {
        state_ = State::implicit;
    }
}

}  // namespace rehearse::replay
