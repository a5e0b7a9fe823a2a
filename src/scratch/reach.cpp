#include "scratch/reach.hpp"

#include "rehearse/base/error.hpp"
#include "rehearse/base/files.hpp"
#include "rehearse/base/text.hpp"

#include "scratch/names.hpp"
#include "scratch/password.hpp"

#include <sys/stat.h>

#include <cerrno>
#include <cstring>

namespace rehearse::scratch {

namespace {

class OnThisHost final : public Reach {
  public:
    OnThisHost(const ContainerClient& client, const EngineOptions& options)
        : client_(client), run_folder_(options.run_folder), input_(options.readable_input) {
        check_socket_path(socket_folder(run_folder_, 1));
    }

    std::string note() const override { return {}; }
    bool is_cut_off() const override { return true; }

    std::uint64_t free_bytes() override {
        const bool docker = client_.program() == "docker";
        const auto result = client_.run(
            {"info", "--format", docker ? "{{.DockerRootDir}}" : "{{.Store.GraphRoot}}"});
        const fs::path root(trimmed(result.out));
        std::error_code ignored;
        return result.ok() && fs::exists(root, ignored) ? rehearse::free_bytes(root) : 0;
    }

    Arguments initdb() const override { return {"initdb", "--auth=trust"}; }
    std::string initdb_input() const override { return {}; }

    Arguments prepare_server(int number) override {
        const fs::path socket = socket_folder(run_folder_, number);
        make_socket_folder(socket);
        Arguments options{"--network", "none", "--mount", bind_mount(socket, kSocketInContainer)};
        if (!input_.empty()) {
            append(options,
                   {"--mount", bind_mount(fs::canonical(input_), kInputInContainer) + ",ro"});
        }
        return options;
    }

    Arguments listening() const override { return {}; }

    std::optional<pg::ConnInfo> find_address(const std::string&, int number) override {
        pg::ConnInfo address;
        address.host = socket_folder(run_folder_, number);
        return address;
    }

    void bring_input(const std::string&) override {}  // it is mounted

  private:
    // The server is another user there and must write into it. Only its private parent keeps others
    // out.
    static void make_socket_folder(const fs::path& folder) {
        make_private_folder(folder);
        if (chmod(folder.c_str(), 0777) != 0) {
            throw Error(ErrorKind::scratch, "cannot open " + folder.string() +
                                                " to the container: " + std::strerror(errno));
        }
    }

    static std::string bind_mount(const fs::path& folder, const char* target) {
        return "type=bind," + mount_field("source", folder) + ",target=" + target;
    }

    ContainerClient client_;
    fs::path run_folder_;
    fs::path input_;
};

// initdb lets in by password from the container's own loopback only.
constexpr const char* kInitdbForOthers =
    "initdb \"$@\" && echo 'host all all all scram-sha-256' >>\"$0/pg_hba.conf\"";
// Docker publishes no port of a network that leads nowhere (--internal), so the container gets one
// that leads out. But who calls out needs a port of his own: this leaves him none except 5432, on
// which the server listens. (UDP still has it.)
constexpr const char* kNoPortToCallFrom = "net.ipv4.ip_local_port_range=5432 5432";
// No name server is there, so a name is refused at once instead of being asked for in vain.
constexpr const char* kNoNameServer = "127.0.0.1";

// The address of its host on which the engine publishes: one that answers at loopback is nested in
// this host or forwarded, and then so is the port; any other has to let us in from outside.
std::string publishing_address(const std::string& host) {
    if (host == "localhost" || host.starts_with("127.")) return "127.0.0.1";
    if (host.find(':') == std::string::npos) return "0.0.0.0";
    return host == "::1" ? "[::1]" : "[::]";
}

class Elsewhere final : public Reach {
  public:
    Elsewhere(EngineSite site, const ContainerClient& client, const EngineOptions& options,
              Progress& progress)
        : site_(std::move(site)),
          client_(client),
          input_(options.readable_input),
          progress_(progress),
          password_(random_password()) {}

    std::string note() const override {
        return "the engine is on another host (" + site_.url +
               "): times include the network between. The scratch has a network for that: a "
               "dblink or a foreign server in a migration finds no port to call out from, but a "
               "program that COPY runs could";
    }
    bool is_cut_off() const override { return false; }
    std::uint64_t free_bytes() override { return 0; }

    Arguments initdb() const override {
        return {"sh",
                "-c",
                kInitdbForOthers,
                kDataInContainer,
                "--auth-local=trust",
                "--auth-host=scram-sha-256",
                "--pwfile=/dev/stdin"};
    }
    std::string initdb_input() const override { return password_ + "\n"; }

    Arguments prepare_server(int) override {
        return {"--publish", publishing_address(site_.host) + "::5432",
                "--sysctl",  kNoPortToCallFrom,
                "--dns",     kNoNameServer,
                "--mount",   std::string("type=tmpfs,target=") + kSocketInContainer};
    }

    Arguments listening() const override { return {"-c", "listen_addresses=*"}; }

    std::optional<pg::ConnInfo> find_address(const std::string& container, int) override {
        const auto result =
            client_.run({"container", "inspect", "--format",
                         "{{.State.Running}} {{range index .NetworkSettings.Ports \"5432/tcp\"}}"
                         "{{.HostPort}}{{end}}",
                         container});
        const auto fields = split(trimmed(result.out), ' ');
        if (!result.ok() || fields.front() != "true") return std::nullopt;
        if (fields.size() < 2) {
            throw Error(ErrorKind::scratch, "the engine at " + site_.url + " publishes no port",
                        {"Give it a bridge network (dockerd without --bridge=none).",
                         "Or use a PostgreSQL of this machine: --engine local"});
        }
        pg::ConnInfo address;
        address.host = site_.host;
        address.port = std::stoi(fields[1]);
        address.password = password_;
        return address;
    }

    void bring_input(const std::string& container) override {
        const fs::path input = fs::canonical(input_);
        const std::string what = "copying " + input.filename().string() + " to " + site_.url;
        progress_.begin(what);
        const auto result =
            client_.run({"cp", input.string(), container + ":" + kInputInContainer});
        if (!result.ok()) {
            throw client_.failure("copy " + input.string() + " to " + site_.url, result)
                .with_hint("Free space where " + client_.program() + " keeps its containers (" +
                           client_.program() + " system df), or run rehearse on that host.");
        }
        progress_.end("");
    }

  private:
    EngineSite site_;
    ContainerClient client_;
    fs::path input_;
    Progress& progress_;
    std::string password_;  // of this run; only initdb's stdin and our sessions get it
};

}  // namespace

EngineSite site_of(const ContainerClient& client) {
    const auto url = client.other_host();
    if (!url) return {};
    const auto scheme_end = url->find("://");
    const std::string scheme = scheme_end == std::string::npos ? "tcp" : url->substr(0, scheme_end);
    if (scheme != "tcp" && scheme != "http" && scheme != "https") {
        throw Error(ErrorKind::scratch,
                    "the docker engine is on another host (" + *url +
                        "), and a server there cannot be reached over " + scheme,
                    {"Run rehearse on that host.",
                     "Or reach its engine at an address like tcp://HOST:2376 (DOCKER_HOST, docker "
                     "context)",
                     "Or use a PostgreSQL of this machine: --engine local"});
    }
    std::string host = scheme_end == std::string::npos ? *url : url->substr(scheme_end + 3);
    host = host.substr(0, host.find('/'));
    if (host.starts_with('[')) {
        host = host.substr(1, host.find(']') - 1);
    } else {
        host = host.substr(0, host.rfind(':'));
    }
    return {*url, host.empty() ? "localhost" : host};
}

std::unique_ptr<Reach> make_reach(const EngineSite& site, const ContainerClient& client,
                                  const EngineOptions& options, Progress& progress) {
    if (site.is_here()) return std::make_unique<OnThisHost>(client, options);
    return std::make_unique<Elsewhere>(site, client, options, progress);
}

}  // namespace rehearse::scratch
