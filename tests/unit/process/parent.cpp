// Starts `sleep` tied to its own life, prints the pid, and waits to be killed.

#include "rehearse/process/process.hpp"

#include <unistd.h>

#include <csignal>
#include <iostream>

int main(int, char** argv) {
    using namespace rehearse::process;
    const auto runner = make_process_runner();
    ProcessSpec spec;
    spec.program = "sleep";
    spec.args = {"600"};
    // Any uid: the death signal must survive the change to it.
    if (geteuid() == 0) spec.run_as = RunAs{65534, 65534};
    const auto running = runner->start(spec, argv[1], SIGKILL);
    std::cout << running->pid() << std::endl;
    running->wait(std::chrono::minutes(10));
}
