#include "stage.hpp"

#include "rehearse/base/error.hpp"

namespace rehearse::replay {

Stage::Stage(const pg::ConnInfo& where, const std::string& marker, const ReplayOptions& options,
             ReplayListener& listener)
    : where_{where}, marker_{marker}, observes_{options.observe} {
    if (observes_) {
        witness_ = std::make_unique<observe::Witness>(where_);
        sampler_ = std::make_unique<observe::Sampler>(
            where_, options.interval,
            [&listener](const observe::LiveStatus& status) { listener.statement_running(status); });
    }
    connect();
}

void Stage::connect_again() {
    performer_.reset();
    connect();
}

void Stage::connect() {
    performer_.emplace(where_, observes_);
    // Nothing is ever run on a server that does not carry this run's mark.
    const std::string found = performer_->marker();
    if (found != marker_ || found.empty()) {
        throw Error{ErrorKind::scratch,
                    "the server at " + where_.host + " is not this run's scratch: " +
                        (found.empty() ? "it carries no marker" : "it belongs to run " + found),
                    {"Nothing was run there. Let rehearse start the scratch itself."}};
    }
    if (!observes_) return;
    witness_->watch(*performer_);
    sampler_->watch(performer_->backend_pid());
}

}  // namespace rehearse::replay
