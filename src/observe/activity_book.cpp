#include "activity_book.hpp"

namespace rehearse::observe {

namespace {

// TRUNCATE sets the counters of its transaction back, pg_stat_reset() all.
std::int64_t counted_between(std::int64_t before, std::int64_t after) {
    return after < before ? after : after - before;
}

}  // namespace

pg::ActivityMap activity_between(const pg::ActivityMap& before, const pg::ActivityMap& after) {
    pg::ActivityMap done;
    for (const auto& [relation, counted] : after) {
        const auto found = before.find(relation);
        const pg::RelationActivity was =
            found != before.end() ? found->second : pg::RelationActivity{};
        const pg::RelationActivity since{counted_between(was.inserted, counted.inserted),
                                         counted_between(was.updated, counted.updated),
                                         counted_between(was.deleted, counted.deleted),
                                         counted_between(was.scanned, counted.scanned)};
        if (since != pg::RelationActivity{}) done.emplace(relation, since);
    }
    return done;
}

pg::ActivityMap ActivityBook::since_last(const pg::ActivityReading& now) {
    // A report sets all counters back.
    if (now.mark <= last_.mark) last_.relations.clear();
    last_.mark = now.mark;
    pg::ActivityMap done = activity_between(last_.relations, now.relations);
    for (const auto& [relation, counted] : now.relations) last_.relations[relation] = counted;
    return done;
}

}  // namespace rehearse::observe
