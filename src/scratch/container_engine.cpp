#include "scratch/container_engine.hpp"

#include "rehearse/base/error.hpp"
#include "rehearse/base/files.hpp"
#include "rehearse/base/text.hpp"

#include "scratch/container_server.hpp"
#include "scratch/names.hpp"

#include <sys/resource.h>
#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

namespace rehearse::scratch {

namespace {

// For a plain dump that does not say its server's version.
constexpr int kNewestMajor = 18;
// Parallel index builds share memory in /dev/shm, of which containers get 64 MB unless told. A
// limit, not a reservation.
constexpr const char* kSharedMemory = "1g";

void append(Arguments& arguments, const Arguments& more) {
    arguments.insert(arguments.end(), more.begin(), more.end());
}

std::string volume_mount(const std::string& volume, const char* target) {
    return "type=volume,source=" + volume + ",target=" + target;
}

std::string bind_mount(const fs::path& folder, const char* target) {
    return "type=bind," + mount_field("source", folder) + ",target=" + target;
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
    ContainerEngine(const ContainerClient& client, std::string image, EngineOptions options)
        : client_(client), image_(std::move(image)), options_(std::move(options)) {
        check_socket_path(socket_folder(options_.run_folder, 1));
        read_server_version();
    }

    std::string name() const override { return client_.program(); }
    std::string image() const override { return image_; }
    pg::ServerVersion server_version() const override { return version_; }
    bool is_cut_off() const override { return true; }

    std::uint64_t free_bytes() override {
        const bool docker = client_.program() == "docker";
        const auto result = client_.run(
            {"info", "--format", docker ? "{{.DockerRootDir}}" : "{{.Store.GraphRoot}}"});
        const fs::path root(trimmed(result.out));
        std::error_code ignored;
        return result.ok() && fs::exists(root, ignored) ? rehearse::free_bytes(root) : 0;
    }

    DataVolume create_volume() override {
        return with_new_volume([&](const DataVolume& volume) {
            const Arguments mount{"--mount", volume_mount(volume.name, kVolumeMount)};
            run_helper_or_throw(
                mount, "root", "install",
                {"-d", "-o", "postgres", "-g", "postgres", "-m", "0700", kDataInContainer},
                "prepare a volume");
            // Not by the image's entry point: that starts a temporary server, and runs scripts
            // whose objects the snapshot brings with it.
            run_helper_or_throw(mount, "postgres", "initdb",
                                {"--pgdata", kDataInContainer, "--auth=trust",
                                 "--username=postgres", "--encoding=UTF8", "--no-sync"},
                                "initialise a database");
        });
    }

    DataVolume clone_volume(const DataVolume& base) override {
        return with_new_volume([&](const DataVolume& volume) {
            Arguments mounts{"--mount", volume_mount(base.name, "/rehearse/from") + ",ro"};
            append(mounts, {"--mount", volume_mount(volume.name, "/rehearse/to")});
            run_helper_or_throw(mounts, "root", "cp",
                                {"-a", "--reflink=auto", "/rehearse/from/.", "/rehearse/to/"},
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
        const std::string container = object_name(options_.run_id, {}, number);
        const fs::path socket = socket_folder(options_.run_folder, number);
        make_socket_folder(socket);
        return in_context("starting " + image_, [&] {
            try {
                create_server_container(container, volume, socket, settings);
            } catch (...) {
                client_.remove_container(container);
                throw;
            }
            return std::make_unique<ContainerServer>(client_, container, volume.name,
                                                     options_.run_folder, socket, options_.run_id);
        });
    }

    process::ProcessResult run_client_tool(ScratchServer& server, const ClientTool& tool) override {
        auto& container = dynamic_cast<ContainerServer&>(server);
        return container.run_tool(tool, tool.input ? path_in_container(*tool.input) : "");
    }

  private:
    // `postgres --version` in a container of the image: the first that is run, and so the one that
    // shows whether this engine may set its own limits.
    void read_server_version() {
        const auto ask = [&] { return run_helper({}, "root", "postgres", {"--version"}); };
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
            "--name", container, "--pull", "never", "--network", "none",
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
        add(kHostLabel, host_name());
        return arguments;
    }

    std::string helper_name() const { return object_name(options_.run_id, "helper"); }

    Arguments helper_command(const Arguments& mounts, const std::string& user,
                             const std::string& program, const Arguments& program_args) const {
        Arguments arguments{"run", "--rm"};
        append(arguments, common_options(helper_name()));
        append(arguments, {"--user", user, "--entrypoint", program});
        append(arguments, mounts);
        arguments.push_back(image_);
        append(arguments, program_args);
        return arguments;
    }

    // Runs a program of the image to its end. Nothing of it is left: a container that could not be
    // started stays without our help, and an interrupt ends the client alone.
    process::ProcessResult run_helper(const Arguments& mounts, const std::string& user,
                                      const std::string& program,
                                      const Arguments& program_args) const {
        try {
            auto result = client_.run(helper_command(mounts, user, program, program_args));
            if (!result.ok()) client_.remove_container(helper_name());
            return result;
        } catch (...) {
            client_.remove_container(helper_name());
            throw;
        }
    }

    void run_helper_or_throw(const Arguments& mounts, const std::string& user,
                             const std::string& program, const Arguments& program_args,
                             const std::string& what) const {
        const auto result = run_helper(mounts, user, program, program_args);
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

    // The server is another user there and must write into it. Only its private parent keeps others
    // out.
    static void make_socket_folder(const fs::path& folder) {
        make_private_folder(folder);
        if (chmod(folder.c_str(), 0777) != 0) {
            throw Error(ErrorKind::scratch, "cannot open " + folder.string() +
                                                " to the container: " + std::strerror(errno));
        }
    }

    void create_server_container(const std::string& container, const DataVolume& volume,
                                 const fs::path& socket, const Settings& settings) const {
        Arguments arguments{"create"};
        append(arguments, common_options(container));
        append(arguments, {"--stop-signal", "SIGINT", "--shm-size", kSharedMemory});
        if (options_.memory_bytes) {
            append(arguments, {"--memory", std::to_string(*options_.memory_bytes)});
        }
        if (options_.cpus) append(arguments, {"--cpus", std::to_string(*options_.cpus)});
        append(arguments, {"--mount", volume_mount(volume.name, kVolumeMount), "--mount",
                           bind_mount(socket, kSocketInContainer), "--env",
                           std::string("PGDATA=") + kDataInContainer});
        if (!options_.readable_input.empty()) {
            append(arguments,
                   {"--mount",
                    bind_mount(fs::canonical(options_.readable_input), kInputInContainer) + ",ro"});
        }
        append(arguments, {image_, "postgres"});
        append(arguments, server_parameters(settings, kSocketInContainer, options_.run_id));
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

std::unique_ptr<Engine> make_container_engine(const ContainerClient& client,
                                              pg::ServerVersion wanted,
                                              const EngineOptions& options, Progress& progress) {
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
    auto engine = std::make_unique<ContainerEngine>(client, image, options);
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
    return engine;
}

}  // namespace rehearse::scratch
