#include "pending_statements.hpp"

namespace rehearse::observe {

void PendingStatements::add(const Taker& statement, const std::vector<pg::RelationName>& named) {
    if (count_++ == 0) first_ = statement;
    last_ = statement;
    for (const pg::RelationName& relation : named) by_name_.try_emplace(relation, statement);
}

void PendingStatements::clear() {
    count_ = 0;
    by_name_.clear();
}

Taker PendingStatements::taker_of(const std::vector<pg::RelationName>& relations) const {
    const Taker* first = nullptr;
    const auto look_at = [&](const pg::RelationName& name) {
        const auto found = by_name_.find(name);
        if (found == by_name_.end()) return;
        if (first == nullptr || found->second.ordinal < first->ordinal) first = &found->second;
    };
    for (const pg::RelationName& relation : relations) {
        look_at(relation);
        look_at({"", relation.name});
    }
    return first == nullptr ? last_ : *first;
}

}  // namespace rehearse::observe
