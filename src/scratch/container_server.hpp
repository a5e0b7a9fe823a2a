#pragma once

#include "scratch/container_client.hpp"
#include "scratch/server.hpp"

namespace rehearse::scratch {

// Where things are inside every container of ours.
inline constexpr const char* kVolumeMount = "/rehearse/data";
inline constexpr const char* kDataInContainer =
    "/rehearse/data/pgdata";  // PGDATA; not the mount itself: initdb wants it empty
inline constexpr const char* kSocketInContainer = "/rehearse/socket";
inline constexpr const char* kInputInContainer = "/rehearse/input";

// A server in a container that was created and is started here. Its client stays attached, so that
// the log comes to us and its end is seen at once.
class ContainerServer final : public ProcessServer {
  public:
    // Takes over the created container `name`. When it cannot be started it is removed.
    ContainerServer(const ContainerClient& client, std::string name, std::string volume,
                    const std::filesystem::path& run_folder,
                    const std::filesystem::path& socket_folder, const std::string& run_id);
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
    std::string name_;
    std::string volume_;
    std::filesystem::path run_folder_;
    // Its stdin ends when we do, in whatever way; inside the container that ends the server.
    std::unique_ptr<process::RunningProcess> watchdog_;
    int tools_ = 0;
    bool exists_ = true;
};

}  // namespace rehearse::scratch
