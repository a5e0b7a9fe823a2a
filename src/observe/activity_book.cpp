#include "activity_book.hpp"

#include <algorithm>

namespace rehearse::observe {

namespace {

std::int64_t growth(std::int64_t before, std::int64_t after) {
    return std::max<std::int64_t>(0, after - before);
}

pg::RelationActivity higher(const pg::RelationActivity& a, const pg::RelationActivity& b) {
    return {std::max(a.inserted, b.inserted), std::max(a.updated, b.updated),
            std::max(a.deleted, b.deleted), std::max(a.scanned, b.scanned)};
}

}  // namespace

pg::ActivityMap activity_between(const pg::ActivityMap& before, const pg::ActivityMap& after) {
    pg::ActivityMap done;
    for (const auto& [relation, counted] : after) {
        const auto found = before.find(relation);
        const pg::RelationActivity was =
            found != before.end() ? found->second : pg::RelationActivity{};
        const pg::RelationActivity since{
            growth(was.inserted, counted.inserted), growth(was.updated, counted.updated),
            growth(was.deleted, counted.deleted), growth(was.scanned, counted.scanned)};
        if (since != pg::RelationActivity{}) done.emplace(relation, since);
    }
    return done;
}

pg::ActivityMap ActivityBook::since_last(const pg::ActivityReading& now) {
    // A report sets all counters back.
    if (now.mark <= last_.mark) was_reported();
    last_.mark = now.mark;
    pg::ActivityMap done = activity_between(last_.relations, now.relations);
    for (const auto& [relation, counted] : now.relations) {
        last_.relations[relation] = counted;
        highest_[relation] = higher(highest_[relation], counted);
    }
    return done;
}

std::vector<pg::Oid> ActivityBook::relations() const {
    std::vector<pg::Oid> relations;
    for (const auto& [relation, counted] : last_.relations) relations.push_back(relation);
    return relations;
}

void ActivityBook::transaction_ended(bool is_committed) {
    if (!is_committed) {
        for (const auto& [relation, highest] : highest_)
            last_.relations[relation] = higher(last_.relations[relation], highest);
    }
    highest_.clear();
}

}  // namespace rehearse::observe
