#include "rehearse/base/error.hpp"
#include "rehearse/base/files.hpp"
#include "rehearse/base/text.hpp"
#include "rehearse/scratch/engine.hpp"

#include "scratch/names.hpp"
#include "scratch/owner.hpp"
#include "scratch/reach.hpp"

#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>

namespace rehearse::scratch {

namespace {

constexpr Millis kAnswerLimit = std::chrono::seconds(30);
constexpr std::string_view kPrefix = "rehearse-";

// A run lives as long as somebody holds the lock in its folder. What cannot be looked at belongs to
// another user, and is taken to live.
bool is_abandoned(const fs::path& run_folder) {
    std::error_code failure;
    if (fs::exists(run_folder / kKeptFile, failure) || failure) return false;
    if (!fs::exists(run_folder / kLockFile, failure) || failure) return false;
    try {
        return FileLock::try_lock(run_folder / kLockFile).has_value();
    } catch (const Error&) {
        return false;
    }
}

// A container or volume with the labels of its making.
struct Marked {
    std::string name;
    std::string run_id;
    fs::path run_folder;
    std::string host;
    std::string owner;
};

bool is_abandoned(const Marked& object) {
    std::error_code failure;
    if (fs::exists(object.run_folder, failure)) return is_abandoned(object.run_folder);
    return !failure && is_owner_gone(object.owner);
}

// No run was ever on an engine that only ssh reaches, so nobody is asked for a passphrase.
bool can_hold_ours(const std::string& program, process::ProcessRunner& runner) {
    try {
        site_of(ContainerClient(program, runner));
        return true;
    } catch (const Error& error) {
        if (error.kind() != ErrorKind::scratch) throw;
        return false;
    }
}

class EngineSweep {
  public:
    EngineSweep(std::string program, process::ProcessRunner& runner)
        : program_(std::move(program)), runner_(runner) {}

    // Containers first: a volume that one uses cannot be removed.
    void run(std::vector<std::string>& removed) {
        for (const Marked& each :
             marked({"ps", "--all"}, "{{.Names}}", "container", ".Config.Labels")) {
            remove(each, {"rm", "--force", "--volumes", each.name}, "container", removed);
        }
        for (const Marked& each : marked({"volume", "ls"}, "{{.Name}}", "volume", ".Labels")) {
            remove(each, {"volume", "rm", each.name}, "volume", removed);
        }
    }

  private:
    std::string ask(std::vector<std::string> args) {
        process::ProcessSpec spec;
        spec.program = program_;
        spec.args = std::move(args);
        spec.timeout = kAnswerLimit;
        const auto result = runner_.run(spec);
        return result.ok() ? result.out : std::string();
    }

    std::vector<Marked> marked(std::vector<std::string> list, const char* name_field,
                               const char* kind, const std::string& labels) {
        for (const std::string& each : {std::string("--filter"), "label=" + std::string(kRunLabel),
                                        std::string("--format"), std::string(name_field)}) {
            list.push_back(each);
        }
        std::vector<Marked> found;
        const auto label = [&](std::string_view key) {
            return "{{index " + labels + " \"" + std::string(key) + "\"}}";
        };
        const std::string format = label(kRunLabel) + "\t" + label(kFolderLabel) + "\t" +
                                   label(kHostLabel) + "\t" + label(kOwnerLabel);
        for (const std::string& name : split_lines(ask(std::move(list)))) {
            if (name.empty()) continue;
            const auto fields =
                split(trimmed(ask({kind, "inspect", "--format", format, name})), '\t');
            if (fields.size() == 4)
                found.push_back({name, fields[0], fields[1], fields[2], fields[3]});
        }
        return found;
    }

    void remove(const Marked& object, std::vector<std::string> command, const char* kind,
                std::vector<std::string>& removed) {
        const bool is_ours =
            belongs_to_run(object.name, object.run_id) && object.host == host_mark();
        if (!is_ours || object.run_folder.empty() || !is_abandoned(object)) return;
        process::ProcessSpec spec;
        spec.program = program_;
        spec.args = std::move(command);
        spec.timeout = std::chrono::minutes(2);
        if (runner_.run(spec).ok()) {
            removed.push_back(program_ + " " + kind + " " + object.name);
        }
    }

    std::string program_;
    process::ProcessRunner& runner_;
};

// The folder of a local scratch may belong to the unprivileged user that ran its server, but its
// lock is the run's own.
bool is_mine(const fs::path& run_folder) {
    struct stat facts {};
    return lstat((run_folder / kLockFile).c_str(), &facts) == 0 && S_ISREG(facts.st_mode) &&
           facts.st_uid == geteuid();
}

void sweep_folders(const fs::path& temp, std::vector<std::string>& removed) {
    std::error_code ignored;
    std::vector<fs::path> folders;
    for (const auto& entry : fs::directory_iterator(temp, ignored)) {
        if (entry.path().filename().string().starts_with(kPrefix) && !entry.is_symlink(ignored) &&
            entry.is_directory(ignored)) {
            folders.push_back(entry.path());
        }
    }
    std::ranges::sort(folders);
    for (const fs::path& folder : folders) {
        if (!is_mine(folder) || !is_abandoned(folder)) continue;
        if (remove_tree(folder)) removed.push_back("folder " + folder.string());
    }
}

}  // namespace

std::vector<std::string> sweep(const fs::path& temp, process::ProcessRunner& runner) {
    std::vector<std::string> removed;
    for (const char* program : {"docker", "podman"}) {
        if (process::find_program(program) && can_hold_ours(program, runner)) {
            EngineSweep(program, runner).run(removed);
        }
    }
    // Last: the lock in the folder is what says that containers and volumes are abandoned.
    sweep_folders(temp, removed);
    return removed;
}

}  // namespace rehearse::scratch
