#pragma once

#include "rehearse/observe/observation.hpp"

#include <map>
#include <string>
#include <utility>
#include <vector>

namespace rehearse::replay {

// Collects a migration's statements. Beyond kItemisedStatements, what is quick and unremarkable is
// folded into the like statement before it, so that memory does not follow the file's length.
class Recorder {
  public:
    // Puts the text in, shortened, with where it stands.
    static void set_text(observe::StatementObservation& statement, const std::string& sql,
                         const sql::Position& position);

    // True when it was folded. `is_remarkable` keeps it on its own whatever it looks like.
    bool add(observe::StatementObservation statement, bool is_remarkable);
    // What comes from now on is another migration's.
    void stop_folding() { foldable_.clear(); }
    // The last statement added, for its COMMIT; nullptr before the first.
    observe::StatementObservation* last();
    // Statements from this ordinal on whose locks should have been read and were not.
    void downgrade_evidence_from(std::size_t ordinal);
    bool keeps_more_notices() const { return notices_ < kMostNotices; }

    // Names the folded statement where a hold names one that was folded into it.
    void name_folded(std::vector<observe::LockHold>& holds) const;
    std::vector<observe::StatementObservation> take() { return std::move(statements_); }

  private:
    static constexpr std::size_t kMostNotices = 1000;  // of one migration

    struct Likeness {
        sql::StatementKind kind;
        pg::RelationName relation;
        auto operator<=>(const Likeness&) const = default;
    };
    static Likeness likeness_of(const observe::StatementObservation& statement);

    std::vector<observe::StatementObservation> statements_;
    std::map<Likeness, std::size_t> foldable_;  // since the last remarkable statement
    std::size_t last_ = 0;
    std::size_t notices_ = 0;
};

}  // namespace rehearse::replay
