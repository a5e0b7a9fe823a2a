#pragma once

#include "scratch/server.hpp"
#include "scratch/server_binaries.hpp"

#include <optional>

namespace rehearse::scratch {

// postgres as a child of ours. The kernel sends it SIGQUIT (immediate shutdown) when we end, in
// whatever way.
class LocalServer final : public ProcessServer {
  public:
    // `postgres` is the command to run. Starts it and waits until it answers.
    LocalServer(process::ProcessRunner& runner, process::ProcessSpec postgres,
                const std::filesystem::path& volume, const std::filesystem::path& run_folder,
                const std::filesystem::path& socket_folder, const std::string& run_id);
    LocalServer(const LocalServer&) = delete;
    LocalServer& operator=(const LocalServer&) = delete;
    ~LocalServer() override;

    void stop() override;
    KeptScratch keep(const std::string& dbname) override;

  private:
    void start(int death_signal);
    void kill_now();

    process::ProcessRunner& runner_;
    process::ProcessSpec postgres_;
    std::filesystem::path volume_;
    std::filesystem::path run_folder_;
};

}  // namespace rehearse::scratch
