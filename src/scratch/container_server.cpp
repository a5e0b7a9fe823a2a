#include "scratch/container_server.hpp"

#include "rehearse/base/error.hpp"
#include "rehearse/base/files.hpp"

#include "scratch/names.hpp"

#include <csignal>

namespace rehearse::scratch {

namespace {

// A checkpoint of everything that a restore left in memory can take minutes on a slow disk.
constexpr const char* kCleanStopSeconds = "600";
constexpr Millis kClientEndLimit = std::chrono::seconds(30);

// The script's $0 is a file: it gets the shell's process id inside the container, which exec keeps.
constexpr const char* kRunTool = "echo $$ >\"$0\"; exec \"$@\"";
constexpr const char* kEndTool = "kill -TERM \"$(cat \"$0\")\"";
// SIGQUIT is an immediate shutdown; process 1 is postgres, or what passes signals on to it. The
// file says that the server is to stay.
constexpr const char* kWatch = "cat >/dev/null; test -e \"$0\" || kill -QUIT 1";
constexpr const char* kStaysFile = "/tmp/rehearse-stays";

}  // namespace

ContainerServer::ContainerServer(const ContainerClient& client, std::shared_ptr<Reach> reach,
                                 ServerContainer container, const fs::path& run_folder,
                                 const std::string& run_id)
    : ProcessServer({}, run_folder / ("s" + std::to_string(container.number) + ".log"), run_id),
      client_(client),
      reach_(std::move(reach)),
      container_(std::move(container)),
      run_folder_(run_folder) {
    try {
        start();
    } catch (...) {
        remove();
        throw;
    }
}

ContainerServer::~ContainerServer() {
    remove();
}

// As root there: the tool can read the input, which only we may read here, and may signal the
// server.
Arguments ContainerServer::in_container(const Arguments& options, const Arguments& command) const {
    Arguments all{"exec", "--user", "0"};
    all.insert(all.end(), options.begin(), options.end());
    all.push_back(container_.name);
    all.insert(all.end(), command.begin(), command.end());
    return all;
}

void ContainerServer::start() {
    process_ = client_.runner().start(client_.command({"start", "--attach", container_.name}),
                                      log(), SIGKILL);
    wait_until([&](std::string& why_not) {
        why_not = "the container does not run";
        const auto address = reach_->find_address(container_.name, container_.number);
        if (address) set_address(*address);
        return address.has_value();
    });
    wait_until_ready();
    watchdog_ = client_.runner().start(
        client_.command(in_container({"--interactive"}, {"sh", "-c", kWatch, kStaysFile})),
        run_folder_ / "watchdog.log", 0);
}

void ContainerServer::remove() {
    if (!exists_) return;
    client_.remove_container(container_.name);
    exists_ = false;
    if (process_) process_->wait(kClientEndLimit);
    process_.reset();
    watchdog_.reset();
}

void ContainerServer::stop() {
    if (!is_running()) throw error_with_log("the scratch server is not running any more");
    // The container's stop signal is SIGINT: a fast shutdown.
    const auto result = client_.run({"stop", "-t", kCleanStopSeconds, container_.name});
    if (!result.ok() || !ends_within(kClientEndLimit) || !process_->poll()->ok()) {
        throw error_with_log("the scratch server did not stop cleanly");
    }
    remove();
}

KeptScratch ContainerServer::keep(const std::string& dbname) {
    client_.run_or_throw(in_container({}, {"touch", kStaysFile}), "let go of the scratch server");
    exists_ = false;  // not ours to remove any more
    watchdog_.reset();
    process_.reset();
    write_file_atomically(run_folder_ / kKeptFile, run_id() + "\n");
    const std::string& client = client_.program();
    return {connect_command(dbname),
            shell_command({client, "rm", "--force", "--volumes", container_.name}) + " && " +
                shell_command({client, "volume", "rm", container_.volume}) + " && " +
                shell_command({"rm", "-rf", run_folder_})};
}

process::ProcessResult ContainerServer::run_tool(const ClientTool& tool, const std::string& input) {
    if (!input.empty() && !has_input_) {
        reach_->bring_input(container_.name);
        has_input_ = true;
    }
    const std::string pid_file = "/tmp/rehearse-tool-" + std::to_string(++tools_) + ".pid";
    // Without a value, the client takes it out of its own environment.
    Arguments options{"--env", "PGPASSWORD"};
    if (tool.stdin_source) options.emplace_back("--interactive");
    auto args = in_container(options, {"sh", "-c", kRunTool, pid_file, tool.program});
    for (std::string& each : client_arguments(tool, kSocketInContainer, input)) {
        args.push_back(std::move(each));
    }
    auto spec = client_.command(std::move(args));
    spec.env["PGPASSWORD"] = address().password;
    spec.secrets = {address().password};
    spec.stdin_source = tool.stdin_source;
    spec.stdout_file = tool.stdout_file;
    spec.on_stderr_line = tool.on_stderr_line;
    try {
        return client_.runner().run(spec);
    } catch (...) {
        // The client is gone; the tool in the container does not notice.
        client_.clean_up(in_container({}, {"sh", "-c", kEndTool, pid_file}));
        throw;
    }
}

}  // namespace rehearse::scratch
