#include "activity_book.hpp"

namespace rehearse::observe {

std::map<pg::Oid, pg::RelationActivity> ActivityBook::since_last(const pg::ActivityReading& now) {
    // A report sets all counters back.
    if (now.mark <= last_.mark) last_.relations.clear();
    last_.mark = now.mark;
    std::map<pg::Oid, pg::RelationActivity> done;
    for (const auto& [relation, counted] : now.relations) {
        pg::RelationActivity& before = last_.relations[relation];
        const pg::RelationActivity since{
            counted.inserted - before.inserted, counted.updated - before.updated,
            counted.deleted - before.deleted, counted.scanned - before.scanned};
        before = counted;
        if (since != pg::RelationActivity{}) done.emplace(relation, since);
    }
    return done;
}

}  // namespace rehearse::observe
