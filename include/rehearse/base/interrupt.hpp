#pragma once

namespace rehearse {

// Ctrl-C and SIGTERM, seen by everything that waits. The handler only notes the signal and makes
// fd() readable; the waiting code then stops what it runs, throws Error(interrupted), and
// destructors remove the scratch.
class Interrupt {
  public:
    // Installs handlers for SIGINT, SIGTERM and SIGHUP, and ignores SIGPIPE. Call once, from main.
    static void install();
    static bool requested() noexcept;
    static void throw_if_requested();
    // Readable (and stays so) once a signal came; -1 before install(). For poll(2).
    static int fd() noexcept;
    // As if the signal had come; for tests.
    static void request() noexcept;
    static void reset() noexcept;
};

}  // namespace rehearse
