#pragma once

#include "rehearse/pg/types.hpp"
#include "rehearse/scratch/engine.hpp"

#include "scratch/container_client.hpp"

#include <memory>
#include <optional>
#include <string>

namespace rehearse::scratch {

// Where things are inside every container of ours.
inline constexpr const char* kVolumeMount = "/rehearse/data";
inline constexpr const char* kDataInContainer =
    "/rehearse/data/pgdata";  // PGDATA; not the mount itself: initdb wants it empty
inline constexpr const char* kSocketInContainer = "/rehearse/socket";
inline constexpr const char* kInputInContainer = "/rehearse/input";

// Where a container engine is, as its client was told.
struct EngineSite {
    std::string url;   // "tcp://docker:2375"; empty: this host
    std::string host;  // "docker"

    bool is_here() const { return url.empty(); }
};
// Throws Error(scratch) for an engine on a host of which we can reach no port (ssh://).
EngineSite site_of(const ContainerClient& client);

// All that depends on where the engine is: how a server in one of its containers is reached, what
// that opens, and how the snapshot gets there. An engine on this host shares folders with us; with
// one elsewhere we have a published port, a password, and copies.
class Reach {
  public:
    virtual ~Reach() = default;
    // What the user should know about it; empty: nothing.
    virtual std::string note() const = 0;
    virtual bool is_cut_off() const = 0;     // Engine::is_cut_off
    virtual std::uint64_t free_bytes() = 0;  // Engine::free_bytes
    // initdb with its arguments about who may connect, and what it reads from stdin. More arguments
    // of initdb may follow.
    virtual Arguments initdb() const = 0;
    virtual std::string initdb_input() const = 0;
    // Makes ready what the run's nth server needs here. Returns the options of its container: its
    // network and what is mounted at kSocketInContainer (and kInputInContainer).
    virtual Arguments prepare_server(int number) = 0;
    // For the end of the server's arguments.
    virtual Arguments listening() const = 0;
    // nullopt until the engine has started the container.
    virtual std::optional<pg::ConnInfo> find_address(const std::string& container, int number) = 0;
    // Before the first tool in the container that reads at kInputInContainer.
    virtual void bring_input(const std::string& container) = 0;
};
std::unique_ptr<Reach> make_reach(const EngineSite& site, const ContainerClient& client,
                                  const EngineOptions& options, Progress& progress);

}  // namespace rehearse::scratch
