#pragma once

#include "rehearse/pg/types.hpp"

#include <memory>
#include <string>

namespace rehearse::command {

// What the relay tells of the sessions that pass through it, on its own thread.
class RelayListener {
  public:
    virtual ~RelayListener() = default;
    virtual void session_began(int pid) = 0;
    virtual void session_ended(int pid) = 0;
    // The client is about to send the next message inside its open transaction, and something that
    // may hold a strong lock ran since the last call. The message waits meanwhile.
    virtual void between_statements(int pid) = 0;
};

// A port of 127.0.0.1 that leads to the scratch for as long as the object lives. Many tools cannot
// use a unix socket, and the local scratch is in a network of its own, where no port of it could be
// reached: so the port is ours and not the server's. Who connects needs the server's password as
// anywhere else; the relay adds no way around it. TLS is refused, as the server refuses it.
//
// It follows the protocol's frames (PostgreSQL manual, 55.2) as far as it needs to see where a
// statement begins and a transaction is open, and changes nothing.
class Relay {
  public:
    Relay(const pg::ConnInfo& server, RelayListener& listener);
    Relay(const Relay&) = delete;
    Relay& operator=(const Relay&) = delete;
    ~Relay();

    int port() const;
    // Connections that anybody made so far, and those among them that the server let in.
    int connections() const;
    int sessions() const;
    // Cuts every connection and takes no other.
    void stop();

  private:
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

}  // namespace rehearse::command
