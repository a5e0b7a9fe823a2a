#include "scratch/local_server.hpp"

#include "rehearse/base/error.hpp"
#include "rehearse/base/files.hpp"

#include "scratch/names.hpp"

#include <csignal>

namespace rehearse::scratch {

namespace {

// A checkpoint of everything that a restore left in memory can take minutes on a slow disk.
constexpr Millis kCleanStopLimit = std::chrono::minutes(10);
constexpr Millis kKillLimit = std::chrono::seconds(5);

pg::ConnInfo address_at(const fs::path& socket_folder) {
    pg::ConnInfo address;
    address.host = socket_folder;
    return address;
}

}  // namespace

LocalServer::LocalServer(process::ProcessRunner& runner, process::ProcessSpec postgres,
                         const fs::path& volume, const fs::path& run_folder,
                         const fs::path& socket_folder, const std::string& run_id)
    : ProcessServer(address_at(socket_folder),
                    run_folder / (socket_folder.filename().string() + ".log"), run_id),
      runner_(runner),
      postgres_(std::move(postgres)),
      volume_(volume),
      run_folder_(run_folder) {
    try {
        start(SIGQUIT);
    } catch (...) {
        kill_now();
        throw;
    }
}

LocalServer::~LocalServer() {
    kill_now();
}

void LocalServer::start(int death_signal) {
    process_ = runner_.start(postgres_, log(), death_signal);
    wait_until_ready();
}

// An immediate shutdown: no checkpoint, nobody reads this data again unless it was stopped before.
void LocalServer::kill_now() {
    if (!is_running()) return;
    process_->send_signal(SIGQUIT);
    process_->wait(kKillLimit);
    process_.reset();  // SIGKILL if that was not enough
}

void LocalServer::stop() {
    if (!is_running()) throw error_with_log("the scratch server is not running any more");
    process_->send_signal(SIGINT);  // fast shutdown: sessions are ended, then a checkpoint
    if (!ends_within(kCleanStopLimit)) {
        throw error_with_log("the scratch server did not stop within " +
                             format_duration(kCleanStopLimit));
    }
    if (!process_->poll()->ok()) throw error_with_log("the scratch server did not stop cleanly");
}

KeptScratch LocalServer::keep(const std::string& dbname) {
    // The death signal cannot be taken back: start it once more without.
    stop();
    start(0);
    process_->leave_running();
    process_.reset();
    write_file_atomically(run_folder_ / kKeptFile, run_id() + "\n");
    std::vector<std::string> stop;
    if (postgres_.run_as) {
        stop = {"setpriv", "--reuid=" + std::to_string(postgres_.run_as->uid),
                "--regid=" + std::to_string(postgres_.run_as->gid), "--clear-groups"};
    }
    const fs::path pg_ctl = fs::path(postgres_.program).parent_path() / "pg_ctl";
    for (const auto& word : {pg_ctl.string(), std::string("stop"), std::string("-m"),
                             std::string("immediate"), std::string("-D"), volume_.string()}) {
        stop.push_back(word);
    }
    return {connect_command(dbname),
            shell_command(stop) + " && " + shell_command({"rm", "-rf", run_folder_})};
}

}  // namespace rehearse::scratch
