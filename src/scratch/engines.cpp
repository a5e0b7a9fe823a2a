#include "rehearse/base/error.hpp"
#include "rehearse/base/text.hpp"
#include "rehearse/scratch/engine.hpp"

#include "scratch/container_client.hpp"
#include "scratch/container_engine.hpp"
#include "scratch/local_engine.hpp"
#include "scratch/reach.hpp"

#include <algorithm>
#include <array>

namespace rehearse::scratch {

namespace {

constexpr std::array kContainerClients{"docker", "podman"};

struct AnsweringEngine {
    ContainerClient client;
    EngineSite site;
    std::string version;
};

// Throws Error(scratch) when the engine is no use to us. Where it is comes first: what cannot be
// reached over ssh is not asked over ssh.
AnsweringEngine ask_engine(const std::string& program, process::ProcessRunner& runner) {
    const ContainerClient client(program, runner);
    EngineSite site = site_of(client);
    return {client, std::move(site), client.check_answers()};
}

std::unique_ptr<Engine> make_one(EngineKind kind, pg::ServerVersion wanted,
                                 const EngineOptions& options, process::ProcessRunner& runner,
                                 Progress& progress) {
    if (kind == EngineKind::local) return make_local_engine(wanted, options, runner, progress);
    const auto found = ask_engine(kind == EngineKind::docker ? "docker" : "podman", runner);
    return make_container_engine(found.client, found.site, wanted, options, progress);
}

// What kept an engine from being chosen, for the note about the one that was.
class Reasons {
  public:
    void add(const std::string& engine, const Error& error) {
        if (error.kind() == ErrorKind::interrupted) throw error;
        all_.push_back(engine + ": " + error.message());
    }
    std::string text() const { return join(all_, "; "); }

  private:
    std::vector<std::string> all_;
};

std::unique_ptr<Engine> make_automatically(pg::ServerVersion wanted, const EngineOptions& options,
                                           process::ProcessRunner& runner, Progress& progress) {
    Reasons reasons;
    std::vector<AnsweringEngine> answering;
    for (const char* program : kContainerClients) {
        try {
            if (process::find_program(program)) answering.push_back(ask_engine(program, runner));
        } catch (const Error& error) {
            reasons.add(program, error);
        }
    }
    // One that has the image before one that would have to pull it.
    const std::string image = image_for(wanted, options);
    std::ranges::stable_partition(answering,
                                  [&](const auto& each) { return each.client.has_image(image); });
    for (const auto& [client, site, version] : answering) {
        try {
            auto engine = make_container_engine(client, site, wanted, options, progress);
            progress.note("engine: " + client.program() + " with " + image);
            return engine;
        } catch (const Error& error) {
            reasons.add(client.program(), error);
        }
    }
    if (reasons.text().empty()) {
        reasons.add("docker, podman", Error(ErrorKind::scratch, "not installed"));
    }
    try {
        auto engine = make_local_engine(wanted, options, runner, progress);
        progress.note("engine: PostgreSQL " + engine->server_version().text() +
                      " of this machine (" + reasons.text() + ")");
        return engine;
    } catch (const Error& error) {
        reasons.add("local", error);
        Error none(ErrorKind::scratch,
                   "no engine can run a scratch server (" + reasons.text() + ")", error.hints());
        throw none.with_hint("See what is missing: rehearse doctor");
    }
}

EngineStatus look_for_container_engine(const std::string& program, process::ProcessRunner& runner) {
    EngineStatus status{program, false, {}, {}, {}};
    if (!process::find_program(program)) {
        status.missing = "not installed";
        status.install_command =
            program == "docker" ? "apt install docker.io" : "apt install podman";
        return status;
    }
    try {
        const auto [client, site, version] = ask_engine(program, runner);
        status.found = program + " " + version;
        if (!site.is_here()) status.found += " on another host (" + site.url + ")";
    } catch (const Error& error) {
        if (error.kind() == ErrorKind::interrupted) throw;
        status.missing = error.message();
        const std::string& hint = error.hints().front();
        const auto colon = hint.find(": ");
        status.install_command = colon == std::string::npos ? hint : hint.substr(colon + 2);
        return status;
    }
    status.usable = true;
    const auto images = ContainerClient(program, runner)
                            .run({"image", "ls", "--format", "{{.Repository}}:{{.Tag}}"});
    std::vector<std::string> names;
    for (const std::string& name : split_lines(images.out)) {
        if (name.find("postgres") != std::string::npos) names.push_back(name);
    }
    status.found += names.empty() ? ", no postgres image yet" : ", images: " + join(names, ", ");
    return status;
}

EngineStatus look_for_local_engine(process::ProcessRunner& runner) {
    EngineStatus status{"local", false, {}, {}, {}};
    std::vector<std::string> servers;
    for (const ServerBinaries& each : find_server_binaries(runner)) {
        servers.push_back("PostgreSQL " + each.version.text() + " in " + each.folder.string());
    }
    status.usable = !servers.empty();
    status.found = join(servers, ", ");
    if (!status.usable) {
        status.missing = "no PostgreSQL server is installed";
        status.install_command = "apt install postgresql";
    }
    return status;
}

}  // namespace

std::optional<EngineKind> engine_kind_from(std::string_view name) {
    if (name == "auto") return EngineKind::automatic;
    if (name == "local") return EngineKind::local;
    if (name == "docker") return EngineKind::docker;
    if (name == "podman") return EngineKind::podman;
    return std::nullopt;
}

std::unique_ptr<Engine> make_engine(EngineKind kind, pg::ServerVersion wanted,
                                    const EngineOptions& options, process::ProcessRunner& runner,
                                    Progress& progress) {
    if (kind == EngineKind::automatic) {
        return make_automatically(wanted, options, runner, progress);
    }
    return make_one(kind, wanted, options, runner, progress);
}

std::vector<EngineStatus> look_for_engines(process::ProcessRunner& runner) {
    std::vector<EngineStatus> all;
    for (const char* program : kContainerClients) {
        all.push_back(look_for_container_engine(program, runner));
    }
    all.push_back(look_for_local_engine(runner));
    return all;
}

}  // namespace rehearse::scratch
