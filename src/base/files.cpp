#include "rehearse/base/files.hpp"

#include "rehearse/base/error.hpp"

#include <fcntl.h>
#include <pwd.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <sstream>
#include <system_error>
#include <utility>

namespace rehearse {

namespace {

std::string reason(int error_number) {
    return std::strerror(error_number);
}

fs::path home_folder() {
    if (const char* home = std::getenv("HOME"); home != nullptr && *home != '\0') return home;
    if (const passwd* entry = getpwuid(getuid()); entry != nullptr) return entry->pw_dir;
    return "/";
}

fs::path folder_from(const char* variable, const fs::path& otherwise) {
    const char* value = std::getenv(variable);
    // The XDG base directory specification: a relative path is invalid and ignored.
    if (value != nullptr && *value == '/') return value;
    return otherwise;
}

// A file under a temporary name beside its own; it goes unless it is put in place.
class NewFile {
  public:
    explicit NewFile(const fs::path& path) : path_(path), temporary_(path.string() + ".XXXXXX") {
        fd_ = mkostemp(temporary_.data(), O_CLOEXEC);  // makes mode 0600
        if (fd_ < 0) fail();
    }
    NewFile(const NewFile&) = delete;
    NewFile& operator=(const NewFile&) = delete;
    ~NewFile() {
        if (fd_ < 0) return;
        close(fd_);
        unlink(temporary_.c_str());
    }

    void write(std::string_view content) {
        while (!content.empty()) {
            const ssize_t written = ::write(fd_, content.data(), content.size());
            if (written < 0 && errno == EINTR) continue;
            if (written < 0) fail();
            content.remove_prefix(static_cast<std::size_t>(written));
        }
    }

    void put_in_place() {
        if (fsync(fd_) != 0 || rename(temporary_.c_str(), path_.c_str()) != 0) fail();
        close(std::exchange(fd_, -1));
    }

  private:
    [[noreturn]] void fail() const {
        throw Error(ErrorKind::usage, "cannot write " + path_.string() + ": " + reason(errno),
                    {"Give another folder, or make room there."});
    }

    fs::path path_;
    std::string temporary_;
    int fd_ = -1;
};

}  // namespace

std::string read_file(const fs::path& path) {
    std::error_code unknown;
    if (fs::is_directory(path, unknown)) {
        throw Error(ErrorKind::usage, "cannot read " + path.string() + ": is a folder",
                    {"Name a file, not the folder that it is in."});
    }
    std::ifstream file(path, std::ios::binary);
    std::ostringstream content;
    if (file) content << file.rdbuf();
    if (!file) {
        throw Error(ErrorKind::usage, "cannot read " + path.string() + ": " + reason(errno),
                    {"Check that it is there and that you may read it."});
    }
    return std::move(content).str();
}

void write_file_atomically(const fs::path& path, std::string_view content) {
    NewFile file(path);
    file.write(content);
    file.put_in_place();
}

void move_file_atomically(const fs::path& from, const fs::path& to) {
    std::ifstream source(from, std::ios::binary);
    NewFile file(to);
    std::array<char, 1 << 16> chunk{};
    while (source.read(chunk.data(), chunk.size()) || source.gcount() > 0) {
        file.write({chunk.data(), static_cast<std::size_t>(source.gcount())});
    }
    if (!source.eof()) {
        throw Error(ErrorKind::usage, "cannot read " + from.string() + ": " + reason(errno));
    }
    file.put_in_place();
    fs::remove(from);
}

void make_private_folder(const fs::path& path) {
    std::error_code unknown;
    if (fs::is_directory(path, unknown)) return;
    if (path.has_parent_path() && path.parent_path() != path)
        make_private_folder(path.parent_path());
    if (mkdir(path.c_str(), 0700) != 0 && errno != EEXIST) {
        throw Error(ErrorKind::usage,
                    "cannot make the folder " + path.string() + ": " + reason(errno),
                    {"Give another folder, or look at the permissions of those above it."});
    }
    if (!fs::is_directory(path, unknown)) {
        throw Error(ErrorKind::usage, path.string() + " is not a folder", {"Give another folder."});
    }
}

std::uint64_t free_bytes(const fs::path& path) {
    fs::path existing = fs::absolute(path);
    std::error_code unknown;
    while (!fs::exists(existing, unknown) && existing.has_relative_path())
        existing = existing.parent_path();
    struct statvfs figures {};
    if (statvfs(existing.c_str(), &figures) != 0) {
        throw Error(ErrorKind::scratch,
                    "cannot tell the free space of " + existing.string() + ": " + reason(errno));
    }
    return static_cast<std::uint64_t>(figures.f_bavail) * figures.f_frsize;
}

void sync_folder(const fs::path& path) {
    const int fd = open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    const bool synced = fd >= 0 && fsync(fd) == 0;
    const int error_number = errno;
    if (fd >= 0) close(fd);
    // Some network file systems cannot, and say so.
    if (!synced && error_number != EINVAL) {
        throw Error(ErrorKind::usage,
                    "cannot write " + path.string() + " to its disk: " + reason(error_number),
                    {"Give another folder, or make room there."});
    }
}

bool remove_tree(const fs::path& path) noexcept {
    std::error_code failure;
    fs::remove_all(path, failure);
    if (!failure) return true;
    // A folder without its write bit keeps its entries: give the bits back and try once more.
    std::error_code ignored;
    fs::permissions(path, fs::perms::owner_all, fs::perm_options::add, ignored);
    const auto options = fs::directory_options::skip_permission_denied;
    for (fs::recursive_directory_iterator entry(path, options, ignored), end; entry != end;
         entry.increment(ignored)) {
        if (entry->is_directory(ignored) && !entry->is_symlink(ignored)) {
            fs::permissions(entry->path(), fs::perms::owner_all, fs::perm_options::add, ignored);
        }
    }
    fs::remove_all(path, failure);
    return !failure;
}

TempDir::TempDir(const fs::path& parent, std::string_view name) : path_(parent / name) {
    if (mkdir(path_.c_str(), 0700) != 0) {
        throw Error(ErrorKind::scratch,
                    "cannot make the folder " + path_.string() + ": " + reason(errno),
                    {"Set TMPDIR to a folder that you may write to."});
    }
}

TempDir::TempDir(TempDir&& other) noexcept
    : path_(std::exchange(other.path_, {})), path_kept_(other.path_kept_) {}

TempDir::~TempDir() {
    if (!path_.empty() && !path_kept_) remove_tree(path_);
}

std::optional<FileLock> FileLock::try_lock(const fs::path& file) {
    const int fd = open(file.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (fd < 0) {
        throw Error(ErrorKind::scratch,
                    "cannot open the lock " + file.string() + ": " + reason(errno));
    }
    if (flock(fd, LOCK_EX | LOCK_NB) != 0) {
        close(fd);
        return std::nullopt;
    }
    return FileLock(fd);
}

std::optional<FileLock> FileLock::try_use(const fs::path& path, Use use) {
    // NFS gives an exclusive lock only to who may write; a folder cannot be opened for that.
    int fd = open(path.c_str(), O_RDWR | O_NONBLOCK | O_CLOEXEC);
    if (fd < 0) fd = open(path.c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC);
    if (fd < 0 && errno == ENOENT) return std::nullopt;
    FileLock lock(fd);
    if (fd < 0) return lock;
    const int operation = use == Use::shared ? LOCK_SH : LOCK_EX;
    if (flock(fd, operation | LOCK_NB) != 0 && errno == EWOULDBLOCK) return std::nullopt;
    // Who held it before may have removed it, and another may be there under its name.
    struct stat locked {};
    struct stat there {};
    const bool same = fstat(fd, &locked) == 0 && stat(path.c_str(), &there) == 0 &&
                      locked.st_dev == there.st_dev && locked.st_ino == there.st_ino;
    return same ? std::optional{std::move(lock)} : std::nullopt;
}

void FileLock::share() {
    flock(fd_, LOCK_SH);
}

void FileLock::touch() {
    futimens(fd_, nullptr);
}

FileLock::FileLock(FileLock&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}

FileLock::~FileLock() {
    if (fd_ >= 0) close(fd_);
}

fs::path default_state_folder() {
    return folder_from("XDG_STATE_HOME", home_folder() / ".local/state") / "rehearse";
}

fs::path default_cache_folder() {
    return folder_from("XDG_CACHE_HOME", home_folder() / ".cache") / "rehearse";
}

fs::path default_temp_folder() {
    return folder_from("TMPDIR", "/tmp");
}

}  // namespace rehearse
