#pragma once

#include "rehearse/base/error.hpp"
#include "rehearse/base/progress.hpp"
#include "rehearse/process/process.hpp"

#include <optional>
#include <string>
#include <vector>

namespace rehearse::scratch {

using Arguments = std::vector<std::string>;

inline void append(Arguments& arguments, const Arguments& more) {
    arguments.insert(arguments.end(), more.begin(), more.end());
}

// docker or podman by its command-line client; the two take the same arguments as far as they are
// used here.
class ContainerClient {
  public:
    ContainerClient(std::string program, process::ProcessRunner& runner)
        : program_(std::move(program)), runner_(&runner) {}

    const std::string& program() const { return program_; }
    process::ProcessRunner& runner() const { return *runner_; }

    // The engine's version. Throws Error(scratch): client not installed, engine not answering.
    std::string check_answers() const;
    // Of an engine that runs elsewhere: its address ("tcp://docker:2375", "ssh://build.example").
    std::optional<std::string> other_host() const;

    bool has_image(const std::string& image) const;
    // Throws Error(scratch) when it cannot be pulled.
    void pull_image(const std::string& image, Progress& progress) const;

    process::ProcessSpec command(Arguments args) const;
    process::ProcessResult run(Arguments args) const;
    // Error(scratch): "cannot <what>", with the client's message.
    Error failure(const std::string& what, const process::ProcessResult& result) const;
    // Throws failure(what). Returns the client's output.
    std::string run_or_throw(Arguments args, const std::string& what) const;
    // For what cleans up: also after an interrupt, and without a word when it fails.
    process::ProcessResult clean_up(Arguments args) const noexcept;
    void remove_container(const std::string& name) const noexcept;  // with its anonymous volumes

  private:
    std::string program_;
    process::ProcessRunner* runner_;
};

// One field of `--mount`, which both clients read as CSV.
std::string mount_field(const std::string& key, const std::string& value);

}  // namespace rehearse::scratch
