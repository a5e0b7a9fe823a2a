#pragma once

#include "rehearse/observe/observation.hpp"
#include "rehearse/pg/relation_facts.hpp"

#include "history.hpp"
#include "lock_watch.hpp"
#include "transcript.hpp"

#include <map>
#include <vector>

namespace rehearse::command {

// What is known of relations: before the command and after it.
struct RelationsAround {
    pg::RelationMap before;
    pg::RelationMap after;
    std::map<pg::Oid, pg::Oid> parents;  // of partitions and child tables, before

    // As it was before; of a new one as it is after. nullptr for what came and went.
    const pg::RelationFacts* find(pg::Oid oid) const;
};

// What the readings saw, put down to the statements of the transcript: one element a migration.
// `server_ahead`: the server's clock against ours.
std::vector<std::vector<observe::LockHold>> holds_of(const CommandTranscript& transcript,
                                                     const LocksSeen& seen,
                                                     const RelationsAround& relations,
                                                     const HistoryTables& tables,
                                                     Millis server_ahead = {});

// How well the locks of a step are known: `exact` where the transaction was read after it, before
// its end; `sampled` where a poll fell into it; else `log`: that it ran is all that is known.
observe::Evidence evidence_of(const Step& step, const LocksSeen& seen, Millis server_ahead = {});

}  // namespace rehearse::command
