// Replays one file as `psql -f` would run it and prints the seconds that it took, sessions
// included, and those of the migration's own clock:
//
//   replay_bench SOCKET_FOLDER DATABASE MARKER FILE observe|no-observe
#include "rehearse/replay/replay.hpp"

#include <exception>
#include <iostream>
#include <string>
#include <vector>

namespace {

using namespace rehearse;

class RunningServer final : public scratch::ScratchServer {
  public:
    explicit RunningServer(const std::string& folder) { address_.host = folder; }
    const pg::ConnInfo& address() const override { return address_; }
    std::string log_tail(std::size_t) override { return {}; }
    bool is_running() override { return true; }
    void require_password() override {}
    void stop() override {}
    scratch::KeptScratch keep(const std::string&) override { return {}; }

  private:
    pg::ConnInfo address_;
};

class SilentListener final : public replay::ReplayListener {
  public:
    void migration_begins(std::size_t, std::size_t, const migrations::Migration&) override {}
    void statement_begins(std::size_t, std::uint64_t, const std::string&) override {}
    void statement_running(const observe::LiveStatus&) override {}
    void migration_ended(std::size_t, const migrations::Migration&,
                         const observe::MigrationObservation&) override {}
};

int run(const std::vector<std::string>& args) {
    migrations::Migration migration;
    migration.path = args[3];
    migration.through_psql = true;
    const plan::ReplayPlan plan{{{migration, plan::survey_file(migration), true}}};
    RunningServer server{args[0]};
    SilentListener listener;
    replay::ReplayOptions options;
    options.observe = args[4] == "observe";

    const auto begun = Clock::now();
    const replay::Observations observations =
        replay_plan(plan, server, args[1], args[2], options, listener);
    const Millis elapsed = Clock::now() - begun;
    if (const auto& failure = observations.migrations[0].failure) {
        std::cerr << "failed: " << failure->error.message << '\n';
        return 1;
    }
    std::cout << elapsed.count() / 1000 << ' ' << observations.migrations[0].elapsed.count() / 1000
              << '\n';
    return 0;
}

}  // namespace

int main(int argc, char** argv) {
    const std::vector<std::string> args(argv + 1, argv + argc);
    if (args.size() != 5) {
        std::cerr << "usage: replay_bench SOCKET_FOLDER DATABASE MARKER FILE observe|no-observe\n";
        return 2;
    }
    try {
        return run(args);
    } catch (const std::exception& error) {
        std::cerr << error.what() << '\n';
        return 1;
    }
}
