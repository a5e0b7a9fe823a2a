#pragma once

#include "rehearse/process/process.hpp"

#include "process/fd.hpp"

#include <memory>

namespace rehearse::process {

// What the program gets as its descriptors 0, 1 and 2.
struct ChildStreams {
    int in;
    int out;
    int err;
};

// A program in a process group of its own, started with Boost.Process. Until wait() was called its
// process id stays ours, so that a signal cannot hit somebody else's process.
class Child {
  public:
    // `death_signal` is sent to it when the calling thread ends; 0: none. Throws Error when it
    // cannot be started.
    Child(const ProcessSpec& spec, const ChildStreams& streams, int death_signal);
    Child(const Child&) = delete;
    Child& operator=(const Child&) = delete;
    // SIGKILL to the group if it was not waited for.
    ~Child();

    int pid() const;
    // A pidfd: readable once the program has ended.
    int end_fd() const { return end_fd_.get(); }
    // False when it still runs after `limit`.
    bool ends_within(Millis limit) const;
    void send_signal(int signal) const;
    void send_signal_to_group(int signal) const;
    // Nothing else may be called afterwards.
    void leave_running();
    // Waits for the end and returns waitpid's status.
    int wait();

  private:
    struct Impl;
    std::unique_ptr<Impl> impl_;
    Fd end_fd_;
    bool waited_ = false;
};

}  // namespace rehearse::process
