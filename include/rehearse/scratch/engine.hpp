#pragma once

#include "rehearse/base/progress.hpp"
#include "rehearse/pg/types.hpp"
#include "rehearse/process/process.hpp"

#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace rehearse::scratch {

// Server parameters given on the command line of postgres: name -> value.
using Settings = std::map<std::string, std::string>;

// Both start no logical replication workers: a subscription in the snapshot connects to nobody.
// Restore: what is only about durability is off. Every entry was measured to help.
Settings restore_settings();
// Replay: production-like. shared_buffers is scaled to the memory that the server may use;
// durability, autovacuum and jit are as PostgreSQL has them by default.
Settings replay_settings(std::uint64_t memory_bytes);

// A data directory that an engine owns: a private folder (local) or a named volume (docker,
// podman).
struct DataVolume {
    std::string name;              // "rehearse-<run>-data"
    std::filesystem::path folder;  // local only
};

// Shell commands about a server that was left running.
struct KeptScratch {
    std::string connect;  // psql on the restored database
    std::string remove;   // the server, its data and the run's folder
};

// A running server. Destruction stops it and removes what runs it (child or container); the volume
// stays.
class ScratchServer {
  public:
    virtual ~ScratchServer() = default;
    virtual const pg::ConnInfo& address() const = 0;
    // The last lines of the server's log, for errors.
    virtual std::string log_tail(std::size_t lines) = 0;
    virtual bool is_running() = 0;
    // From now on nobody gets in without a random password, which address() then has: before others
    // than we are given a way to the server.
    virtual void require_password() = 0;
    // Clean shutdown (a checkpoint; the volume can be cloned or started again).
    virtual void stop() = 0;
    // Leaves it running and forgets it, and marks the run folder so that no sweep removes it (the
    // caller keeps the folder and the volume).
    virtual KeptScratch keep(const std::string& dbname) = 0;
};

// A client program to run where the server's own versions are (inside the container for docker and
// podman). It sees none of our PG... variables and writes its messages untranslated. One that is
// interrupted ends there, too.
struct ClientTool {
    std::string program;  // "pg_restore", "psql", "pg_dump", "vacuumdb"
    // Without connection options: the engine adds host, port, user and dbname.
    std::vector<std::string> args;
    std::string dbname;  // empty: none
    // A file or folder that the tool reads: EngineOptions::readable_input or something in it. Its
    // path, as the tool sees it, is put where an argument says "{input}". (A smaller file can come
    // over stdin: "--use-list=/dev/stdin".)
    std::optional<std::filesystem::path> input;
    std::function<std::size_t(std::span<char>)> stdin_source;
    std::filesystem::path stdout_file;
    std::function<void(const std::string&)> on_stderr_line;
};

struct EngineOptions {
    std::string run_id;  // every object is named rehearse-<run> and labelled rehearse.run=<run>
    // Private temporary folder of this run. Holds its FileLock in the file `lock`, which tells a
    // sweep that the run lives. The local engine gives the folder to the unprivileged user that
    // runs the server when we are root.
    std::filesystem::path run_folder;
    // The snapshot: what client tools may read. Empty: nothing.
    std::filesystem::path readable_input;
    std::string image;  // empty: postgres:<major>
    std::optional<std::uint64_t> memory_bytes;
    std::optional<double> cpus;
    bool may_pull = true;
};

class Engine {
  public:
    virtual ~Engine() = default;
    virtual std::string name() const = 0;   // "local", "docker", "podman"
    virtual std::string image() const = 0;  // empty for local
    virtual pg::ServerVersion server_version() const = 0;

    // An empty, initialised data directory.
    virtual DataVolume create_volume() = 0;
    virtual DataVolume clone_volume(const DataVolume& base) = 0;
    // Also after an interrupt. Throws Error(scratch) that names it when it cannot be removed.
    virtual void remove_volume(const DataVolume& volume) = 0;
    virtual std::uint64_t free_bytes() = 0;  // where its volumes are; 0 when it cannot be told
    // False when what runs inside the server (dblink, a foreign server, COPY FROM PROGRAM) could
    // reach a network: the local engine on a system that refuses network namespaces.
    virtual bool is_cut_off() const = 0;
    // Returns once a real query is answered at the address that the replay will use and the marker
    // agrees.
    virtual std::unique_ptr<ScratchServer> start(const DataVolume& volume,
                                                 const Settings& settings) = 0;
    virtual process::ProcessResult run_client_tool(ScratchServer& server,
                                                   const ClientTool& tool) = 0;
};

enum class EngineKind { automatic, local, docker, podman };
std::optional<EngineKind> engine_kind_from(std::string_view name);

// Finds an engine that fits a snapshot of `wanted` server version. automatic: docker or podman if
// one answers and the image is there or can be pulled, else local; says on `progress` which and
// why. Throws Error(scratch) with hints when none fits.
std::unique_ptr<Engine> make_engine(EngineKind kind, pg::ServerVersion wanted,
                                    const EngineOptions& options, process::ProcessRunner& runner,
                                    Progress& progress);

// What doctor prints of one engine.
struct EngineStatus {
    std::string name;
    bool usable = false;
    std::string found;  // "docker 20.10.24, images: postgres:15, postgres:17", "PostgreSQL 15.18 in
                        // /usr/lib/postgresql/15/bin"
    std::string missing;          // empty when usable
    std::string install_command;  // "apt install docker.io"
};
std::vector<EngineStatus> look_for_engines(process::ProcessRunner& runner);

// Removes what runs that no longer live left: folders `rehearse-<run>` under `temp` whose lock is
// free, and containers and volumes whose name and label agree and whose run's lock is free. Returns
// one line for each thing removed.
std::vector<std::string> sweep(const std::filesystem::path& temp, process::ProcessRunner& runner);

}  // namespace rehearse::scratch
