#include "scratch/local_engine.hpp"

#include "rehearse/base/error.hpp"
#include "rehearse/base/files.hpp"

#include "scratch/local_server.hpp"
#include "scratch/names.hpp"

#include <locale.h>
#include <pwd.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

namespace rehearse::scratch {

namespace {

using process::ProcessResult;
using process::ProcessSpec;
using process::RunAs;

// initdb and postgres refuse to run as root.
std::optional<RunAs> unprivileged_user() {
    if (geteuid() != 0) return std::nullopt;
    for (const char* name : {"postgres", "nobody"}) {
        if (const passwd* user = getpwnam(name)) return RunAs{user->pw_uid, user->pw_gid};
    }
    return RunAs{65534, 65534};
}

std::string utf8_locale() {
    const locale_t found = newlocale(LC_ALL_MASK, "C.UTF-8", nullptr);
    if (found == nullptr) return "C";
    freelocale(found);
    return "C.UTF-8";
}

class LocalEngine final : public Engine {
  public:
    LocalEngine(ServerBinaries binaries, EngineOptions options, process::ProcessRunner& runner)
        : binaries_(std::move(binaries)),
          options_(std::move(options)),
          runner_(runner),
          user_(unprivileged_user()) {
        check_socket_path(socket_folder(options_.run_folder, 1));
        give_to_user(options_.run_folder);
        is_cut_off_ = can_be_cut_off();
    }

    std::string name() const override { return "local"; }
    std::string image() const override { return {}; }
    pg::ServerVersion server_version() const override { return binaries_.version; }
    bool is_cut_off() const override { return is_cut_off_; }
    std::uint64_t free_bytes() override { return rehearse::free_bytes(options_.run_folder); }

    DataVolume create_volume() override {
        const DataVolume volume = next_volume();
        ProcessSpec spec = server_program("initdb");
        spec.args = {"--pgdata=" + volume.folder.string(),
                     "--auth=trust",
                     "--username=postgres",
                     "--encoding=UTF8",
                     "--locale=" + utf8_locale(),
                     "--no-sync"};
        const ProcessResult result = run_or_remove(spec, volume);
        if (!result.ok()) {
            remove_tree(volume.folder);
            Error error(ErrorKind::scratch, "initdb failed in " + volume.folder.string());
            if (user_) {
                error.with_hint(
                    "For root the server runs as an unprivileged user, who must be able to enter " +
                    options_.run_folder.parent_path().string() +
                    ": set TMPDIR to a folder like /tmp.");
            }
            throw error.with_output(result.err);
        }
        return volume;
    }

    DataVolume clone_volume(const DataVolume& base) override {
        const DataVolume volume = next_volume();
        ProcessSpec spec;
        spec.program = "cp";
        spec.args = {"--archive", "--reflink=auto", base.folder, volume.folder};
        const ProcessResult result = run_or_remove(spec, volume);
        if (!result.ok()) {
            remove_tree(volume.folder);
            throw Error(ErrorKind::scratch,
                        "cannot copy " + base.folder.string() + " to " + volume.folder.string())
                .with_output(result.err);
        }
        return volume;
    }

    void remove_volume(const DataVolume& volume) override {
        const bool is_ours = belongs_to_run(volume.name, options_.run_id) &&
                             volume.folder.parent_path() == options_.run_folder;
        if (!is_ours) {
            throw Error(ErrorKind::internal,
                        volume.folder.string() + " is no volume of run " + options_.run_id);
        }
        if (!remove_tree(volume.folder)) {
            throw Error(ErrorKind::scratch, "cannot remove " + volume.folder.string(),
                        {"Remove it: rm -rf " + volume.folder.string()});
        }
    }

    std::unique_ptr<ScratchServer> start(const DataVolume& volume,
                                         const Settings& settings) override {
        const fs::path socket = socket_folder(options_.run_folder, ++servers_);
        make_private_folder(socket);
        give_to_user(socket);
        ProcessSpec spec = server_program("postgres");
        spec.args = server_parameters(settings, socket, options_.run_id);
        spec.args.insert(spec.args.begin(), {"-D", volume.folder});
        spec.isolated = is_cut_off_;
        return in_context("starting PostgreSQL " + binaries_.version.text(), [&] {
            return std::make_unique<LocalServer>(runner_, spec, volume.folder, options_.run_folder,
                                                 socket, options_.run_id);
        });
    }

    ProcessResult run_client_tool(ScratchServer& server, const ClientTool& tool) override {
        ProcessSpec spec;
        spec.program = binaries_.program(tool.program);
        if (!process::find_program(spec.program)) spec.program = tool.program;
        spec.args = client_arguments(tool, server.address().host,
                                     tool.input ? tool.input->string() : std::string());
        spec.env_removed = {"PG*"};
        spec.env["LC_ALL"] = "C";  // LANGUAGE says nothing then
        if (const auto& password = server.address().password; !password.empty()) {
            spec.env["PGPASSWORD"] = password;
            spec.secrets = {password};
        }
        spec.stdin_source = tool.stdin_source;
        spec.stdout_file = tool.stdout_file;
        spec.on_stderr_line = tool.on_stderr_line;
        return runner_.run(spec);
    }

  private:
    ProcessSpec server_program(const std::string& name) const {
        ProcessSpec spec;
        spec.program = binaries_.program(name);
        spec.working_dir = options_.run_folder;
        // LANGUAGE would translate the server's messages, whatever its lc_messages.
        spec.env_removed = {"PG*", "LANGUAGE"};
        spec.run_as = user_;
        return spec;
    }

    DataVolume next_volume() {
        const int number = ++volumes_;
        return {object_name(options_.run_id, "data", number),
                options_.run_folder / ("data" + (number > 1 ? std::to_string(number) : ""))};
    }

    // An interrupt, too, leaves no half-made folder.
    ProcessResult run_or_remove(const ProcessSpec& spec, const DataVolume& volume) {
        try {
            return runner_.run(spec);
        } catch (...) {
            remove_tree(volume.folder);
            throw;
        }
    }

    void give_to_user(const fs::path& folder) const {
        if (user_ && chown(folder.c_str(), user_->uid, user_->gid) != 0) {
            throw Error(ErrorKind::scratch, "cannot give " + folder.string() +
                                                " to the unprivileged user that runs PostgreSQL: " +
                                                std::strerror(errno));
        }
    }

    // Tried with a program that does nothing.
    bool can_be_cut_off() const {
        ProcessSpec spec;
        spec.program = "true";
        spec.run_as = user_;
        spec.isolated = true;
        try {
            return runner_.run(spec).ok();
        } catch (const Error& error) {
            if (error.kind() == ErrorKind::interrupted) throw;
            return false;
        }
    }

    ServerBinaries binaries_;
    EngineOptions options_;
    process::ProcessRunner& runner_;
    std::optional<RunAs> user_;
    bool is_cut_off_ = false;
    int volumes_ = 0;
    int servers_ = 0;
};

}  // namespace

std::unique_ptr<Engine> make_local_engine(pg::ServerVersion wanted, const EngineOptions& options,
                                          process::ProcessRunner& runner, Progress& progress) {
    const auto found = find_server_binaries(runner);
    const ServerBinaries& chosen = choose_server(found, wanted);
    if (wanted.number != 0 && chosen.version.major() != wanted.major()) {
        progress.warn("PostgreSQL " + chosen.version.text() + " stands in for version " +
                      std::to_string(wanted.major()) +
                      " of the snapshot: times may differ (apt install postgresql-" +
                      std::to_string(wanted.major()) + ")");
    }
    auto engine = std::make_unique<LocalEngine>(chosen, options, runner);
    if (!engine->is_cut_off()) {
        progress.note(
            "this system refuses network namespaces: the scratch accepts no connection from "
            "outside, but a dblink or a "
            "foreign server in a migration could reach out (a container cannot)");
    }
    return engine;
}

}  // namespace rehearse::scratch
