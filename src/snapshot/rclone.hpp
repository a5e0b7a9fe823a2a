#pragma once

#include "rehearse/base/error.hpp"
#include "rehearse/base/progress.hpp"
#include "rehearse/process/process.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace rehearse::snapshot {

// The rclone program, with its own configuration, on one remote place. Every failure is an
// Error(snapshot) with what rclone said.
class Rclone {
  public:
    Rclone(std::string place, process::ProcessRunner& runner)
        : place_(std::move(place)), runner_(runner) {}

    const std::string& place() const { return place_; }
    std::string path_of(const std::string& name) const;

    struct Entry {
        std::string name;
        bool is_folder = false;
        std::optional<std::uint64_t> size_bytes;  // nullopt where the place does not tell
        std::string modified;                     // "2026-11-27T04:53:12.499889608Z"
    };
    // What lies in the place itself. An object store has no folders of which it could say that
    // they are not there: there it is nothing.
    std::vector<Entry> entries();
    // Of a name in it, also one of somebody who has only begun; a place that is not there has none.
    bool has(const std::string& name);

    // "rclone cannot WHAT" when it fails. Returns what it wrote. With a progress it tells how far
    // it is.
    std::string run(std::vector<std::string> args, const std::string& what,
                    Progress* progress = nullptr);
    // The same for a program that reads its stdin.
    std::string run_with_input(std::vector<std::string> args, std::string input,
                               const std::string& what);
    // The same without text for a message, also after an interrupt; nullopt when it fails.
    std::optional<std::string> run_to_clean_up(std::vector<std::string> args);

  private:
    std::vector<Entry> entries_in(const std::string& json) const;
    Error failure(const std::string& what, const process::ProcessResult& result) const;

    std::string place_;
    process::ProcessRunner& runner_;
};

}  // namespace rehearse::snapshot
