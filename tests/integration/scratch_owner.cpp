// Owns a scratch until it is killed: scratch_owner TEMP ENGINE MAJOR [IMAGE]. Prints the run's id
// and the server's host, port and password ("-": none) once it answers.

#include "rehearse/process/process.hpp"

#include "integration/scratch_run.hpp"

#include <unistd.h>

#include <iostream>
#include <string>

int main(int argc, char** argv) {
    using namespace rehearse;
    using namespace rehearse::scratch;
    if (argc < 4) return 2;
    const test::EngineCase engine_case{"", *engine_kind_from(argv[2]), std::stoi(argv[3]),
                                       argc > 4 ? argv[4] : ""};
    const auto runner = process::make_process_runner();
    SilentProgress progress;
    const test::ScratchRun run(argv[1], "owned");
    const auto engine = run.make(engine_case, *runner, progress);
    const auto volume = engine->create_volume();
    const auto server = engine->start(volume, {});
    const auto& address = server->address();
    std::cout << run.id() << '\t' << address.host << '\t' << address.port << '\t'
              << (address.password.empty() ? "-" : address.password) << std::endl;
    pause();
}
