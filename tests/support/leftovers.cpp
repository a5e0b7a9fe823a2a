#include "support/leftovers.hpp"

#include "rehearse/base/text.hpp"
#include "rehearse/process/process.hpp"

#include "support/proc.hpp"
#include "support/processes.hpp"

#include <unistd.h>

#include <algorithm>
#include <array>

namespace rehearse::test {

namespace fs = std::filesystem;

namespace {

constexpr std::array<const char*, 2> kContainerClients{"docker", "podman"};

// The lines that the client prints; nothing where it is not installed or does not answer.
std::vector<std::string> ask_client(const std::string& client, std::vector<std::string> args) {
    if (!process::find_program(client)) return {};
    process::ProcessSpec spec;
    spec.program = client;
    spec.args = std::move(args);
    return split_lines(process::make_process_runner()->run(spec).out);
}

std::string label_filter(const std::string& run_id) {
    return "label=rehearse.run=" + run_id;
}

void add_entries(std::vector<std::string>& found, const fs::path& folder) {
    for (const auto& entry : fs::directory_iterator(folder)) {
        found.push_back("left in " + folder.filename().string() + ": " + entry.path().string());
    }
}

void add_processes(std::vector<std::string>& found, const fs::path& temp, Millis grace) {
    for (const Proc& process : all_processes()) {
        const bool knows_us = process.command_line.find(temp.string()) != std::string::npos ||
                              process.cwd.string().starts_with(temp.string());
        if (process.pid == getpid() || !knows_us || ends_soon(process.pid, grace)) continue;
        found.push_back("still running: " + std::to_string(process.pid) + " " +
                        process.command_line);
    }
}

void add_containers(std::vector<std::string>& found, const std::set<std::string>& run_ids) {
    for (const std::string& run_id : run_ids) {
        for (const char* client : kContainerClients) {
            for (const auto& id :
                 ask_client(client, {"ps", "--all", "--quiet", "--filter", label_filter(run_id)})) {
                found.push_back(std::string(client) + " container " + id + " of run " + run_id);
            }
            for (const auto& name : ask_client(
                     client, {"volume", "ls", "--quiet", "--filter", label_filter(run_id)})) {
                found.push_back(std::string(client) + " volume " + name + " of run " + run_id);
            }
        }
    }
}

void add_unfinished_reports(std::vector<std::string>& found, const fs::path& state) {
    constexpr auto kOthers = fs::perms::group_all | fs::perms::others_all;
    const fs::path runs = state / "rehearse" / "runs";
    for (const auto& entry : fs::recursive_directory_iterator(state)) {
        const std::string path = entry.path().string();
        if ((entry.status().permissions() & kOthers) != fs::perms::none) {
            found.push_back("others may read " + path);
        }
        const std::string name = entry.path().filename();
        if (name.find("partial") != std::string::npos || name.find("tmp") != std::string::npos) {
            found.push_back("unfinished: " + path);
        }
        if (entry.path().parent_path() == runs && !fs::exists(entry.path() / "report.json")) {
            found.push_back("a run's folder without its report: " + path);
        }
    }
}

}  // namespace

std::vector<std::string> containers_of_run(const std::string& run_id) {
    std::vector<std::string> found;
    for (const char* client : kContainerClients) {
        const auto ids = ask_client(
            client, {"ps", "--all", "--quiet", "--no-trunc", "--filter", label_filter(run_id)});
        found.insert(found.end(), ids.begin(), ids.end());
    }
    return found;
}

std::vector<std::string> leftovers_of(const Sandbox& sandbox, Millis grace) {
    std::vector<std::string> found;
    add_processes(found, sandbox.temp(), grace);
    add_containers(found, sandbox.run_ids());
    for (const auto& folder : {sandbox.temp(), sandbox.home(), sandbox.cache()}) {
        add_entries(found, folder);
    }
    add_unfinished_reports(found, sandbox.state());
    return found;
}

}  // namespace rehearse::test
