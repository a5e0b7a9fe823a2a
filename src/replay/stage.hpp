#pragma once

#include "rehearse/observe/sampler.hpp"
#include "rehearse/observe/witness.hpp"
#include "rehearse/pg/performer_session.hpp"
#include "rehearse/replay/replay.hpp"

#include <memory>
#include <optional>
#include <string>

namespace rehearse::replay {

// The three sessions of a replay. Without --observe there is the performer alone.
class Stage {
  public:
    Stage(const pg::ConnInfo& where, const std::string& marker, const ReplayOptions& options,
          ReplayListener& listener);

    pg::PerformerSession& performer() { return *performer_; }
    // Null with --no-observe.
    observe::Witness* witness() { return witness_.get(); }
    observe::Sampler* sampler() { return sampler_.get(); }

    // Another session performs from now on, as with a tool that connects for each file.
    void connect_again();
    bool was_used() const { return was_used_; }
    void mark_used() { was_used_ = true; }

  private:
    void connect();

    pg::ConnInfo where_;
    std::string marker_;
    bool observes_;
    bool was_used_ = false;
    std::optional<pg::PerformerSession> performer_;
    std::unique_ptr<observe::Witness> witness_;
    std::unique_ptr<observe::Sampler> sampler_;
};

}  // namespace rehearse::replay
