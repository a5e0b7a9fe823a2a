#pragma once

#include "scratch/container_client.hpp"
#include "scratch/reach.hpp"
#include "scratch/server.hpp"

#include <memory>

namespace rehearse::scratch {

// The run's nth server.
struct ServerContainer {
    int number = 1;
    std::string name;
    std::string volume;
};

// A server in a container that was created and is started here. Its client stays attached, so that
// the log comes to us and its end is seen at once.
class ContainerServer final : public ProcessServer {
  public:
    // Takes over the created container. When it cannot be started it is removed.
    ContainerServer(const ContainerClient& client, std::shared_ptr<Reach> reach,
                    ServerContainer container, const std::filesystem::path& run_folder,
                    const std::string& run_id);
    ContainerServer(const ContainerServer&) = delete;
    ContainerServer& operator=(const ContainerServer&) = delete;
    ~ContainerServer() override;

    void stop() override;
    KeptScratch keep(const std::string& dbname) override;
    process::ProcessResult run_tool(const ClientTool& tool, const std::string& input);

  private:
    Arguments in_container(const Arguments& options, const Arguments& command) const;
    void start();
    void remove();

    ContainerClient client_;
    std::shared_ptr<Reach> reach_;
    ServerContainer container_;
    std::filesystem::path run_folder_;
    // Its stdin ends when we do, in whatever way; inside the container that ends the server.
    std::unique_ptr<process::RunningProcess> watchdog_;
    int tools_ = 0;
    bool has_input_ = false;
    bool exists_ = true;
};

}  // namespace rehearse::scratch
