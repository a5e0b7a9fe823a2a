#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

namespace rehearse {

namespace fs = std::filesystem;

// The whole file; throws Error(kind usage) naming the path when it cannot be read.
std::string read_file(const fs::path& path);

// Temporary name beside it, fsync, rename: readers see the old file or the new one. Mode 0600.
void write_file_atomically(const fs::path& path, std::string_view content);

// Moves a file, also to another file system, so that readers of `to` see the old file or the new
// one. Mode 0600.
void move_file_atomically(const fs::path& from, const fs::path& to);

// Makes the folder and its parents with mode 0700 where they are missing.
void make_private_folder(const fs::path& path);

// fsync of a folder: what was made, renamed or removed in it survives a crash.
void sync_folder(const fs::path& path);

// Bytes that an unprivileged user may still write on the file system of `path` (or of its nearest
// existing parent).
std::uint64_t free_bytes(const fs::path& path);

// Removes the tree, also where folders have lost their write bit. Never throws; false when
// something is left.
bool remove_tree(const fs::path& path) noexcept;

// A private (0700) folder that is removed with everything in it when the object goes.
class TempDir {
  public:
    // `name` is the folder's whole name; it must not exist yet in `parent`.
    TempDir(const fs::path& parent, std::string_view name);
    TempDir(const TempDir&) = delete;
    TempDir& operator=(const TempDir&) = delete;
    TempDir(TempDir&& other) noexcept;
    TempDir& operator=(TempDir&&) = delete;
    ~TempDir();

    const fs::path& path() const { return path_; }
    // Leaves the folder where it is (--keep-scratch).
    void keep() { path_kept_ = true; }

  private:
    fs::path path_;
    bool path_kept_ = false;
};

// A flock(2) that lives as long as the object: tells a sweep that the owner is alive. The kernel
// lets go of it however the owner ends. Nobody waits: nullopt when another holds it so that this
// one cannot.
class FileLock {
  public:
    // Exclusive, on a file that is made where it is missing. Throws Error(scratch) when it cannot
    // be.
    static std::optional<FileLock> try_lock(const fs::path& file);
    // On a file or folder that is there: any number of readers, or one who replaces or removes it.
    // nullopt, too, when it has gone. Where its file system has no locks, or it may not be opened,
    // everybody gets one.
    enum class Use { shared, exclusive };
    static std::optional<FileLock> try_use(const fs::path& path, Use use);
    // Of what try_use() locked: lets other readers in, too. Not atomic: another exclusive user may
    // come between.
    void share();
    // Sets the time of its last change to now.
    void touch();

    FileLock(FileLock&& other) noexcept;
    FileLock& operator=(FileLock&&) = delete;
    ~FileLock();

  private:
    explicit FileLock(int fd) : fd_(fd) {}
    int fd_;
};

// $XDG_STATE_HOME/rehearse (or ~/.local/state/rehearse) and $XDG_CACHE_HOME/rehearse (or
// ~/.cache/rehearse).
fs::path default_state_folder();
fs::path default_cache_folder();
// Where private run folders go: $TMPDIR or /tmp. Short, because a unix socket's path is at most 107
// bytes.
fs::path default_temp_folder();

}  // namespace rehearse
