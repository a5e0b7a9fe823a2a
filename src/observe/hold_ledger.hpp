#pragma once

#include "rehearse/observe/observation.hpp"
#include "rehearse/observe/sampled_hold.hpp"

#include "pending_statements.hpp"

#include <compare>
#include <functional>
#include <map>
#include <string>
#include <vector>

namespace rehearse::observe {

// Turns readings into holds. Pure: it is given every time and asks nobody. Relations are oids here;
// the witness puts their names in.
class HoldLedger {
  public:
    // Everything that the open transaction holds after a statement that ended at `at`. A hold that
    // was there before and is not any more was let go of by ROLLBACK TO SAVEPOINT. Returns the
    // locks that no reading of this transaction had shown.
    std::vector<pg::LockRow> read(const std::vector<pg::LockRow>& locks, Millis at,
                                  const std::function<Taker(pg::Oid)>& taker_of);
    // For stretched_by. `last_polled` is the time of the sampler's last reading while it ran: what
    // that had not shown was taken later.
    void statement_ran(std::size_t ordinal, Millis elapsed,
                       std::optional<Millis> last_polled = std::nullopt);
    // The transaction, or a statement outside of one, ended at `at`. `sampled` is what the sampler
    // saw meanwhile: it sharpens what was read, and tells what was taken and let go of between.
    // `has_failed`: the transaction ended with a statement that failed, and until then it kept what
    // it was seen to hold.
    std::vector<LockHold> transaction_ended(Millis at, const std::vector<SampledHold>& sampled,
                                            bool has_failed = false);

    bool holds_any() const { return !open_.empty(); }
    // Relations that the open transaction holds in the mode or a stronger one.
    std::vector<pg::Oid> relations_held(pg::LockMode at_least) const;

  private:
    struct Key {
        std::string virtualtransaction;
        pg::Oid relation;
        pg::LockMode mode;
        auto operator<=>(const Key&) const = default;
    };
    struct Statement {
        std::size_t ordinal;
        Millis elapsed;
    };

    void close(LockHold hold, Millis at);
    bool is_known(const SampledHold& sample) const;

    std::map<Key, LockHold> open_;
    std::vector<LockHold> closed_;               // of this transaction
    std::vector<Statement> slowest_;             // of this transaction, at most kMostStretchers
    std::map<std::size_t, Millis> last_polled_;  // by ordinal: of those that were polled
};

}  // namespace rehearse::observe
