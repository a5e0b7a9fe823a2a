#include "scratch/container_engine.hpp"

#include "rehearse/base/error.hpp"
#include "rehearse/base/files.hpp"
#include "rehearse/base/text.hpp"

#include "scratch/container_server.hpp"
#include "scratch/names.hpp"
#include "scratch/owner.hpp"

#include <sys/resource.h>

#include <algorithm>

namespace rehearse::scratch {

namespace {

// For a plain dump that does not say its server's version.
constexpr int kNewestMajor = 18;
// Parallel index builds share memory in /dev/shm, of which containers get 64 MB unless told. A
// limit, not a reservation.
constexpr const char* kSharedMemory = "1g";

std::string volume_mount(const std::string& volume, const char* target) {
    return "type=volume,source=" + volume + ",target=" + target;
}

// For engines that may not raise limits (root without CAP_SYS_RESOURCE): what our own hard limits
// allow, and no more than any system allows. A server needs far less.
Arguments limits_of_ours() {
    Arguments arguments;
    const auto add = [&](const char* name, auto resource, rlim_t enough) {
        rlimit limit{};
        if (getrlimit(resource, &limit) != 0) return;
        const std::string value = std::to_string(std::min(limit.rlim_max, enough));
        append(arguments, {"--ulimit", std::string(name) + "=" + value + ":" + value});
    };
    add("nofile", RLIMIT_NOFILE, 65'536);
    add("nproc", RLIMIT_NPROC, 32'768);
    return arguments;
}

class ContainerEngine final : public Engine {
  public:
    ContainerEngine(const ContainerClient& client, std::unique_ptr<Reach> reach, std::string image,
                    EngineOptions options)
        : client_(client),
          reach_(std::move(reach)),
          image_(std::move(image)),
          options_(std::move(options)) {
        read_server_version();
    }

    std::string name() const override { return client_.program(); }
    std::string image() const override { return image_; }
    pg::ServerVersion server_version() const override { return version_; }
    bool is_cut_off() const override { return reach_->is_cut_off(); }
    std::uint64_t free_bytes() override { return reach_->free_bytes(); }

    DataVolume create_volume() override {
        return with_new_volume([&](const DataVolume& volume) {
            const Arguments mount{"--mount", volume_mount(volume.name, kVolumeMount)};
            run_helper_or_throw({mount,
                                 "root",
                                 {"install", "-d", "-o", "postgres", "-g", "postgres", "-m", "0700",
                                  kDataInContainer}},
                                "prepare a volume");
            // Not by the image's entry point: that starts a temporary server, and runs scripts
            // whose objects the snapshot brings with it.
            Helper initdb{mount, "postgres", reach_->initdb(), reach_->initdb_input()};
            append(initdb.command, {"--pgdata", kDataInContainer, "--username=postgres",
                                    "--encoding=UTF8", "--no-sync"});
            run_helper_or_throw(initdb, "initialise a database");
        });
    }

    DataVolume clone_volume(const DataVolume& base) override {
        return with_new_volume([&](const DataVolume& volume) {
            Arguments mounts{"--mount", volume_mount(base.name, "/rehearse/from") + ",ro"};
            append(mounts, {"--mount", volume_mount(volume.name, "/rehearse/to")});
            run_helper_or_throw(
                {mounts,
                 "root",
                 {"cp", "-a", "--reflink=auto", "/rehearse/from/.", "/rehearse/to/"}},
                "copy the volume " + base.name);
        });
    }

    void remove_volume(const DataVolume& volume) override {
        if (!belongs_to_run(volume.name, options_.run_id)) {
            throw Error(ErrorKind::internal,
                        volume.name + " is no volume of run " + options_.run_id);
        }
        const auto result = client_.clean_up({"volume", "rm", "--force", volume.name});
        if (!result.ok()) {
            throw Error(ErrorKind::scratch, "cannot remove the volume " + volume.name,
                        {"Remove it: " + client_.program() + " volume rm " + volume.name})
                .with_output(result.err);
        }
    }

    std::unique_ptr<ScratchServer> start(const DataVolume& volume,
                                         const Settings& settings) override {
        const int number = ++servers_;
        const ServerContainer container{number, object_name(options_.run_id, {}, number),
                                        volume.name};
        return in_context("starting " + image_, [&] {
            try {
                create_server_container(container, settings);
            } catch (...) {
                client_.remove_container(container.name);
                throw;
            }
            return std::make_unique<ContainerServer>(client_, reach_, container,
                                                     options_.run_folder, options_.run_id);
        });
    }

    process::ProcessResult run_client_tool(ScratchServer& server, const ClientTool& tool) override {
        auto& container = dynamic_cast<ContainerServer&>(server);
        return container.run_tool(tool, tool.input ? path_in_container(*tool.input) : "");
    }

  private:
    // A program of the image, run to its end in a container without network.
    struct Helper {
        Arguments mounts;
        std::string user;
        Arguments command;
        std::string input = {};
    };

    // `postgres --version` in a container of the image: the first that is run, and so the one that
    // shows whether this engine may set its own limits.
    void read_server_version() {
        const auto ask = [&] { return run_helper({{}, "root", {"postgres", "--version"}}); };
        auto result = ask();
        if (!result.ok() && result.err.find("rlimit") != std::string::npos) {
            limits_ = limits_of_ours();
            result = ask();
        }
        const auto begin = result.out.find(") ");
        const auto version =
            result.ok() && begin != std::string::npos
                ? pg::ServerVersion::parse(std::string_view(result.out).substr(begin + 2))
                : std::nullopt;
        if (!version) {
            throw Error(ErrorKind::scratch, "the image " + image_ + " runs no PostgreSQL server",
                        {"Name an image made like the official postgres image: --image IMAGE"})
                .with_output(result.err);
        }
        version_ = *version;
    }

    // What every container of ours gets.
    Arguments common_options(const std::string& container) const {
        Arguments options{
            "--name", container, "--pull", "never",
            // A bind mount keeps its host label: without this SELinux hosts refuse it.
            "--security-opt", "label=disable"};
        append(options, labels());
        append(options, limits_);
        return options;
    }

    Arguments labels() const {
        Arguments arguments;
        const auto add = [&](std::string_view key, const std::string& value) {
            append(arguments, {"--label", std::string(key) + "=" + value});
        };
        add(kRunLabel, options_.run_id);
        add(kFolderLabel, options_.run_folder);
        add(kHostLabel, host_mark());
        add(kOwnerLabel, owner_mark());
        return arguments;
    }

    std::string helper_name() const { return object_name(options_.run_id, "helper"); }

    process::ProcessSpec helper_process(const Helper& helper) const {
        Arguments arguments{"run", "--rm", "--network", "none"};
        append(arguments, common_options(helper_name()));
        if (!helper.input.empty()) arguments.emplace_back("--interactive");
        append(arguments, {"--user", helper.user, "--entrypoint", helper.command.front()});
        append(arguments, helper.mounts);
        arguments.push_back(image_);
        append(arguments, {helper.command.begin() + 1, helper.command.end()});
        auto spec = client_.command(std::move(arguments));
        spec.stdin_text = helper.input;
        if (!helper.input.empty()) spec.secrets = {std::string(trimmed(helper.input))};
        return spec;
    }

    // Nothing of it is left: a container that could not be started stays without our help, and an
    // interrupt ends the client alone.
    process::ProcessResult run_helper(const Helper& helper) const {
        try {
            auto result = client_.runner().run(helper_process(helper));
            if (!result.ok()) client_.remove_container(helper_name());
            return result;
        } catch (...) {
            client_.remove_container(helper_name());
            throw;
        }
    }

    void run_helper_or_throw(const Helper& helper, const std::string& what) const {
        const auto result = run_helper(helper);
        if (!result.ok()) throw client_.failure(what, result);
    }

    // Makes a volume and fills it; it is removed when that fails.
    template <typename F>
    DataVolume with_new_volume(F&& fill) {
        const DataVolume volume{object_name(options_.run_id, "data", ++volumes_), {}};
        try {
            Arguments create{"volume", "create"};
            append(create, labels());
            create.push_back(volume.name);
            client_.run_or_throw(create, "create a volume");
            fill(volume);
        } catch (...) {
            client_.clean_up({"volume", "rm", "--force", volume.name});
            throw;
        }
        return volume;
    }

    void create_server_container(const ServerContainer& container, const Settings& settings) const {
        Arguments arguments{"create"};
        append(arguments, common_options(container.name));
        append(arguments, reach_->prepare_server(container.number));
        append(arguments, {"--stop-signal", "SIGINT", "--shm-size", kSharedMemory});
        if (options_.memory_bytes) {
            append(arguments, {"--memory", std::to_string(*options_.memory_bytes)});
        }
        if (options_.cpus) append(arguments, {"--cpus", std::to_string(*options_.cpus)});
        append(arguments, {"--mount", volume_mount(container.volume, kVolumeMount), "--env",
                           std::string("PGDATA=") + kDataInContainer, image_, "postgres"});
        append(arguments, server_parameters(settings, kSocketInContainer, options_.run_id));
        append(arguments, reach_->listening());
        client_.run_or_throw(arguments, "create a container of " + image_);
    }

    std::string path_in_container(const fs::path& input) const {
        const fs::path below = fs::canonical(input).lexically_relative(
            options_.readable_input.empty() ? fs::path("/")
                                            : fs::canonical(options_.readable_input));
        if (options_.readable_input.empty() || below.empty() || *below.begin() == "..") {
            throw Error(ErrorKind::internal,
                        input.string() + " is not in EngineOptions::readable_input");
        }
        return below == "." ? fs::path(kInputInContainer) : fs::path(kInputInContainer) / below;
    }

    ContainerClient client_;
    std::shared_ptr<Reach> reach_;
    std::string image_;
    EngineOptions options_;
    pg::ServerVersion version_;
    Arguments limits_;
    int volumes_ = 0;
    int servers_ = 0;
};

}  // namespace

std::string image_for(pg::ServerVersion wanted, const EngineOptions& options) {
    if (!options.image.empty()) return options.image;
    return "postgres:" + std::to_string(wanted.number == 0 ? kNewestMajor : wanted.major());
}

std::unique_ptr<Engine> make_container_engine(const ContainerClient& client, const EngineSite& site,
                                              pg::ServerVersion wanted,
                                              const EngineOptions& options, Progress& progress) {
    auto reach = make_reach(site, client, options, progress);
    const std::string note = reach->note();
    const std::string image = image_for(wanted, options);
    if (!client.has_image(image)) {
        if (!options.may_pull) {
            throw Error(ErrorKind::scratch, "the image " + image + " is not here",
                        {"Pull it: " + client.program() + " pull " + image,
                         "Or name one that is here: --image IMAGE",
                         "Or use a PostgreSQL of this machine: --engine local"});
        }
        client.pull_image(image, progress);
    }
    auto engine = std::make_unique<ContainerEngine>(client, std::move(reach), image, options);
    if (engine->server_version().major() < wanted.major()) {
        throw Error(ErrorKind::scratch,
                    "the image " + image + " holds PostgreSQL " + engine->server_version().text() +
                        ", but the snapshot is from version " + std::to_string(wanted.major()),
                    {"Name an image of version " + std::to_string(wanted.major()) +
                     ": --image postgres:" + std::to_string(wanted.major())});
    }
    if (wanted.number != 0 && engine->server_version().major() > wanted.major()) {
        progress.warn("PostgreSQL " + engine->server_version().text() + " of " + image +
                      " stands in for version " + std::to_string(wanted.major()) +
                      " of the snapshot: times may differ");
    }
    if (!note.empty()) progress.note(note);
    return engine;
}

}  // namespace rehearse::scratch
