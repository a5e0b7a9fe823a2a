#pragma once

#include "rehearse/base/time.hpp"

#include <sys/types.h>

#include <filesystem>
#include <functional>
#include <map>
#include <set>
#include <string>
#include <vector>

namespace rehearse::test {

// What one run of the binary left for its reader.
struct Outcome {
    int exit_code = 0;
    std::string out;
    std::string err;
    Millis elapsed{};
    std::string command_line;
};

struct RunOptions {
    std::string program;                     // what runs rehearse; empty: rehearse itself
    std::map<std::string, std::string> env;  // added to the sandbox's
    std::filesystem::path working_dir;       // empty: the sandbox's
    // Called once with the pid of rehearse when a line with this text comes on stderr. rehearse
    // goes on meanwhile.
    std::string when_stderr_says;
    std::function<void(pid_t)> then;
};

// A world of its own for the runs of one test: TMPDIR, HOME, the XDG folders and a working folder
// under one private parent, all removed at the end.
class Sandbox {
  public:
    Sandbox();
    Sandbox(const Sandbox&) = delete;
    Sandbox& operator=(const Sandbox&) = delete;
    ~Sandbox();

    const std::filesystem::path& path() const { return path_; }
    std::filesystem::path temp() const { return path_ / "tmp"; }
    std::filesystem::path work() const { return path_ / "work"; }
    std::filesystem::path state() const { return path_ / "state"; }
    std::filesystem::path cache() const { return path_ / "cache"; }
    std::filesystem::path home() const { return path_ / "home"; }
    // Makes the file and its folders in the working folder.
    std::filesystem::path write(const std::string& name, const std::string& content) const;

    // Runs build/.../rehearse; its leftovers are looked for by leftovers_of().
    Outcome run_rehearse(const std::vector<std::string>& args, const RunOptions& options = {});
    // Ids of all runs so far that had a folder of their own.
    const std::set<std::string>& run_ids() const { return run_ids_; }

  private:
    void note_runs();

    std::filesystem::path path_;
    std::set<std::string> run_ids_;
};

}  // namespace rehearse::test
