#include "observe/kept_holds.hpp"

#include <gmock/gmock.h>

namespace rehearse::observe {
namespace {

using pg::LockMode;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::UnorderedElementsAre;

constexpr pg::Oid kEvents = 1, kEvents2026 = 2, kEventsMay = 3, kUsers = 4, kToast = 5, kTemp = 6;

const pg::RelationMap& relations() {
    static const pg::RelationMap known = [] {
        pg::RelationMap map;
        const auto add = [&map](pg::Oid oid, const char* schema, const char* name, char relkind) {
            map[oid].oid = oid;
            map[oid].name = {schema, name};
            map[oid].relkind = relkind;
        };
        add(kEvents, "public", "events", 'p');
        add(kEvents2026, "public", "events_2026", 'p');
        add(kEventsMay, "public", "events_may", 'r');
        add(kUsers, "public", "users", 'r');
        add(kToast, "pg_toast", "pg_toast_4", 't');
        add(kTemp, "pg_temp_3", "scratch", 'r');
        return map;
    }();
    return known;
}

LockHold hold_of(pg::Oid relation, LockMode mode, double acquired = 0) {
    LockHold hold;
    hold.relation_oid = relation;
    hold.mode = mode;
    hold.acquired = Millis{acquired};
    return hold;
}

class KeptHoldsTest : public testing::Test {
  protected:
    void SetUp() override {
        kept_.migration_begins({{kEvents2026, kEvents}, {kEventsMay, kEvents2026}});
    }

    void add(std::vector<LockHold> ended, bool keep_weak = true, pg::Oid made = 0) {
        kept_.add(
            std::move(ended),
            [](pg::Oid oid) {
                const auto found = relations().find(oid);
                return found != relations().end() ? &found->second : nullptr;
            },
            [made](pg::Oid oid) { return oid == made; }, keep_weak);
    }

    // "events_may of events", with "new" where it blocks nobody.
    std::vector<std::string> taken() {
        std::vector<std::string> lines;
        for (const LockHold& hold : kept_.take()) {
            lines.push_back(hold.relation.name);
            if (!hold.child_of.name.empty()) lines.back() += " of " + hold.child_of.name;
            if (hold.new_relation) lines.back() += ", new";
        }
        return lines;
    }

    KeptHolds kept_;
};

TEST_F(KeptHoldsTest, AChildNamesItsTopmostParent) {
    EXPECT_THAT(kept_.relations_of({hold_of(kEventsMay, LockMode::share), hold_of(kUsers, {})}),
                UnorderedElementsAre(kEventsMay, kEvents, kUsers));
    add({hold_of(kEventsMay, LockMode::share), hold_of(kEvents2026, LockMode::share),
         hold_of(kEvents, LockMode::share)});
    EXPECT_THAT(taken(), ElementsAre("events_may of events", "events_2026 of events", "events"));
}

TEST_F(KeptHoldsTest, TakesThemOnceAndInTheOrderOfTheirAcquisition) {
    add({hold_of(kUsers, LockMode::share, 7), hold_of(kEvents, LockMode::share, 3)});
    add({hold_of(kEventsMay, LockMode::share, 5)});
    EXPECT_THAT(taken(), ElementsAre("events", "events_may of events", "users"));
    EXPECT_THAT(taken(), IsEmpty());
}

TEST_F(KeptHoldsTest, LeavesOutWhatIsTheSystemsAndWhatHasNoNameAnyMore) {
    constexpr pg::Oid kMadeAndDropped = 99;
    add({hold_of(kToast, LockMode::access_exclusive),
         hold_of(kMadeAndDropped, LockMode::access_exclusive)});
    EXPECT_THAT(taken(), IsEmpty());
}

TEST_F(KeptHoldsTest, ANewOrTemporaryRelationBlocksNobody) {
    add({hold_of(kUsers, LockMode::access_exclusive), hold_of(kTemp, LockMode::access_exclusive)},
        true, kUsers);
    EXPECT_THAT(taken(), ElementsAre("users, new", "scratch, new"));
}

TEST_F(KeptHoldsTest, WithoutTheWeakKeepsWhatBlocksReadersOrWriters) {
    add({hold_of(kUsers, LockMode::row_exclusive), hold_of(kEvents, LockMode::share),
         hold_of(kTemp, LockMode::access_exclusive)},
        false);
    EXPECT_THAT(taken(), ElementsAre("events"));
}

}  // namespace
}  // namespace rehearse::observe
