#pragma once

#include "rehearse/base/error.hpp"
#include "rehearse/scratch/engine.hpp"

#include <filesystem>
#include <functional>
#include <memory>
#include <string>

namespace rehearse::scratch {

// What a server of any engine is to us: a program that runs beside us (postgres itself, or the
// client that is attached to its container), its log, and the socket that it answers on.
class ProcessServer : public ScratchServer {
  public:
    ProcessServer(pg::ConnInfo address, std::filesystem::path log, std::string run_id)
        : address_(std::move(address)), log_(std::move(log)), run_id_(std::move(run_id)) {}

    const pg::ConnInfo& address() const override { return address_; }
    std::string log_tail(std::size_t lines) override;
    bool is_running() override { return process_ && !process_->poll(); }
    void require_password() override;

  protected:
    // Returns when it is so. Throws Error(scratch) with the log's last lines when the program ends
    // first or the time is up.
    void wait_until(const std::function<bool(std::string& why_not)>& is_so);
    // ... when a query is answered over address() by the server with our marker.
    void wait_until_ready();
    void set_address(pg::ConnInfo address) { address_ = std::move(address); }
    // Waits for the program's end; an interrupt throws. False when the time is up.
    bool ends_within(Millis limit);
    Error error_with_log(const std::string& message);
    const std::string& run_id() const { return run_id_; }
    const std::filesystem::path& log() const { return log_; }
    // KeptScratch::connect. A password is left in a private file beside the log.
    std::string connect_command(const std::string& dbname) const;

    std::unique_ptr<process::RunningProcess> process_;

  private:
    pg::ConnInfo address_;
    std::filesystem::path log_;
    std::string run_id_;
};

// The words quoted as a shell needs them.
std::string shell_command(const std::vector<std::string>& words);

// "-c", "name=value" for each, and what every scratch needs: no address, the socket's folder, the
// marker.
std::vector<std::string> server_parameters(const Settings& settings,
                                           const std::string& socket_folder,
                                           const std::string& run_id);

// "-h", "-p", "-U" and "-d" as each of PostgreSQL's client programs takes them, then the tool's own
// arguments with
// "{input}" replaced.
std::vector<std::string> client_arguments(const ClientTool& tool, const std::string& socket_folder,
                                          const std::string& input);

}  // namespace rehearse::scratch
