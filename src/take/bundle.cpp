#include "take/bundle.hpp"

#include "rehearse/base/error.hpp"
#include "rehearse/snapshot/manifest.hpp"

#include <sys/stat.h>

#include <algorithm>
#include <cctype>
#include <cerrno>
#include <cstring>
#include <utility>

namespace rehearse::take {

namespace {

bool is_there(const fs::path& path) {
    std::error_code ignored;
    return fs::exists(fs::symlink_status(path, ignored));
}

// A take that was killed leaves its folder, and the kernel lets go of its lock.
bool remove_abandoned(const fs::path& partial) {
    const fs::path lock_file = partial / snapshot::kWriterLockName;
    if (!is_there(lock_file)) return false;
    const auto lock = FileLock::try_lock(lock_file);
    return lock && remove_tree(partial);
}

}  // namespace

std::vector<fs::path> remove_abandoned_in(const fs::path& folder) {
    std::vector<fs::path> removed;
    std::error_code failure;
    for (fs::directory_iterator entry(folder, failure), end; !failure && entry != end;
         entry.increment(failure)) {
        if (remove_abandoned(entry->path())) removed.push_back(entry->path());
    }
    return removed;
}

void check_name(const std::string& name) {
    const bool temporary =
        name.ends_with(".partial") || name.ends_with(".part") || name.ends_with(".tmp");
    if (!name.empty() && name.find('/') == std::string::npos && !name.starts_with('.') &&
        !temporary) {
        return;
    }
    throw Error(ErrorKind::usage, "--name does not take '" + name + "'",
                {"Give a folder's name without a slash that does not begin with a dot nor end in "
                 ".partial, .part or .tmp."});
}

std::string name_for(const std::string& database, const std::string& iso_time) {
    std::string name;
    for (const char c : database + "-" + iso_time) {
        if (c == ':') continue;
        const bool plain = std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '-' ||
                           c == '_' || (c == '.' && !name.empty());
        name += plain ? c : '_';
    }
    return name;
}

bool Bundle::begin(const fs::path& place, const std::string& name) {
    const fs::path partial = place / (name + snapshot::kPartialEnding);
    if (is_there(place / name)) return false;
    remove_abandoned(partial);
    if (mkdir(partial.c_str(), 0700) != 0) {
        if (errno == EEXIST) return false;
        throw Error(ErrorKind::usage,
                    "cannot make the folder " + partial.string() + ": " + std::strerror(errno),
                    {"Name a folder that you may write to with --to."});
    }
    final_ = place / name;
    partial_ = partial;
    if (auto lock = FileLock::try_lock(partial / snapshot::kWriterLockName))
        lock_.emplace(std::move(*lock));
    return true;
}

Bundle::Bundle(const fs::path& place, const std::string& name) : Bundle() {
    if (begin(place, name)) return;
    const bool complete = is_there(place / name);
    throw Error(ErrorKind::usage,
                (place / name).string() +
                    (complete ? " is there already" : " is being written by another take"),
                {"Give another --name, or leave it out."});
}

Bundle Bundle::under_free_name(const fs::path& place, const std::string& name) {
    Bundle bundle;
    for (int count = 1;; ++count) {
        const std::string counted = count == 1 ? name : name + "-" + std::to_string(count);
        if (bundle.begin(place, counted)) return bundle;
    }
}

Bundle::Bundle(Bundle&& other) noexcept
    : final_(std::exchange(other.final_, {})),
      partial_(std::exchange(other.partial_, {})),
      lock_(std::move(other.lock_)) {}

Bundle::~Bundle() {
    if (!partial_.empty()) remove_tree(partial_);
}

fs::path Bundle::publish() {
    fs::remove(partial_ / snapshot::kWriterLockName);
    sync_folder(partial_);
    std::error_code failure;
    fs::rename(partial_, final_, failure);
    if (failure) {
        throw Error(ErrorKind::usage,
                    "cannot rename " + partial_.string() + " to " + final_.string() + ": " +
                        failure.message(),
                    {"Give another --name, or leave it out."});
    }
    partial_.clear();
    sync_folder(final_.parent_path());
    return final_;
}

}  // namespace rehearse::take
