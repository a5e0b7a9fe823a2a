#include "rehearse/app/doctor.hpp"

#include "rehearse/base/files.hpp"
#include "rehearse/base/size.hpp"
#include "rehearse/base/text.hpp"
#include "rehearse/scratch/engine.hpp"

#include <algorithm>

namespace rehearse::app {

namespace {

// A restored production copy, its WAL and a rewritten table are rarely smaller.
constexpr std::uint64_t kLittleRoom = 5ULL << 30;

Check tool_check(process::ProcessRunner& runner, const std::string& name,
                 const std::string& purpose, const std::string& package) {
    Check check{name + " (" + purpose + ")", false, false, "", ""};
    if (const auto path = process::find_program(name)) {
        process::ProcessSpec spec;
        spec.program = path->string();
        spec.args = {"--version"};
        // Else rclone makes a folder for its configuration.
        spec.env = {{"RCLONE_CONFIG", ""}};
        const auto lines = split_lines(runner.run(spec).out);
        check.found = true;
        check.detail = lines.empty() ? path->string() : lines.front();
    } else {
        check.detail = "not found";
        check.install = "apt install " + package;
    }
    return check;
}

Check room_check() {
    const auto temp = default_temp_folder();
    const auto free = free_bytes(temp);
    Check check{"room for a local scratch", free >= kLittleRoom, false, "", ""};
    check.detail = format_bytes(free) + " free in " + temp.string();
    if (!check.found) check.install = "export TMPDIR=/a/larger/disk";
    return check;
}

}  // namespace

Diagnosis look_around(process::ProcessRunner& runner) {
    Diagnosis diagnosis;
    for (const auto& engine : scratch::look_for_engines(runner)) {
        diagnosis.checks.push_back({"engine " + engine.name, engine.usable, false,
                                    engine.usable ? engine.found : engine.missing,
                                    engine.install_command});
        diagnosis.can_rehearse = diagnosis.can_rehearse || engine.usable;
    }
    diagnosis.checks.push_back(tool_check(runner, "git", "--since", "git"));
    diagnosis.checks.push_back(
        tool_check(runner, "sha256sum", "checksum of the snapshot", "coreutils"));
    diagnosis.checks.push_back(
        tool_check(runner, "rclone", "snapshots in a remote place", "rclone"));
    diagnosis.checks.push_back(room_check());
    return diagnosis;
}

}  // namespace rehearse::app
