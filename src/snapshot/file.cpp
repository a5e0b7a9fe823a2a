#include "snapshot/file.hpp"

#include "snapshot/unusable.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <limits>

namespace rehearse::snapshot {

namespace {

constexpr std::size_t kLargestWindow = 128 * 1024;

Unusable unreadable() {
    return Unusable(std::string("unreadable: ") + std::strerror(errno),
                    {"Look at its permissions, and whether its disk is well."});
}

}  // namespace

File::File(const std::filesystem::path& path)
    // O_NONBLOCK: opening a named pipe that nobody writes to must not wait.
    : fd_(open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK)) {
    if (fd_ < 0) throw unreadable();
    struct stat status {};
    if (fstat(fd_, &status) != 0 || !S_ISREG(status.st_mode)) {
        close(fd_);
        throw Unusable("not a regular file", {"Name the file or folder that pg_dump wrote."});
    }
    size_ = static_cast<std::uint64_t>(status.st_size);
}

File::~File() {
    close(fd_);
}

std::size_t File::read_at(std::uint64_t offset, std::span<char> buffer) const {
    std::size_t done = 0;
    while (done < buffer.size()) {
        const ssize_t got = pread(fd_, buffer.data() + done, buffer.size() - done,
                                  static_cast<off_t>(offset + done));
        if (got < 0 && errno == EINTR) continue;
        if (got < 0) throw unreadable();
        if (got == 0) break;
        done += static_cast<std::size_t>(got);
    }
    return done;
}

ByteSource stream_of(std::shared_ptr<const File> file) {
    return [file = std::move(file), offset = std::uint64_t{0}](std::span<char> buffer) mutable {
        const std::size_t got = file->read_at(offset, buffer);
        offset += got;
        return got;
    };
}

std::string first_bytes(const File& file, std::size_t length) {
    std::string head(length, '\0');
    head.resize(file.read_at(0, head));
    return head;
}

Cursor::Cursor(const File& file, std::uint64_t begin, std::uint64_t end)
    : file_(&file), position_(begin), end_(end) {}

Cursor Cursor::at(std::uint64_t position) const {
    Cursor other(*file_, position, end_);
    other.integer_size_ = integer_size_;
    return other;
}

void Cursor::bytes(std::span<char> buffer) {
    if (buffer.size() > end_ - position_) throw CutOff{};
    std::size_t done = 0;
    while (done < buffer.size()) {
        if (position_ < window_begin_ || position_ >= window_begin_ + window_.size()) {
            window_limit_ = std::min(window_limit_ * 2, kLargestWindow);
            window_.resize(
                static_cast<std::size_t>(std::min<std::uint64_t>(window_limit_, end_ - position_)));
            window_.resize(file_->read_at(position_, window_));
            window_begin_ = position_;
            if (window_.empty()) throw CutOff{};  // the file shrank under us
        }
        const std::size_t from = static_cast<std::size_t>(position_ - window_begin_);
        const std::size_t count = std::min(buffer.size() - done, window_.size() - from);
        std::memcpy(buffer.data() + done, window_.data() + from, count);
        done += count;
        position_ += count;
    }
}

void Cursor::skip(std::uint64_t count) {
    if (count > end_ - position_) throw CutOff{};
    position_ += count;
}

int Cursor::byte() {
    char value = 0;
    bytes({&value, 1});
    return static_cast<unsigned char>(value);
}

std::uint64_t Cursor::little_endian(int count) {
    std::uint64_t value = 0;
    for (int i = 0; i < count; ++i) value |= static_cast<std::uint64_t>(byte()) << (8 * i);
    return value;
}

std::int64_t Cursor::integer() {
    const bool negative = byte() != 0;
    std::int64_t value = 0;
    for (int i = 0; i < integer_size_; ++i) {
        const int part = byte();
        // pg_dump writes C ints; a machine with larger ones fills up with zeros.
        if (i < 4) {
            value |= static_cast<std::int64_t>(part) << (8 * i);
        } else if (part != 0) {
            throw Unusable("damaged: an integer at byte " + std::to_string(position_) +
                           " is out of range");
        }
    }
    return negative ? -value : value;
}

std::optional<std::string> Cursor::text_or_null() {
    const std::int64_t length = integer();
    if (length < 0) return std::nullopt;
    if (static_cast<std::uint64_t>(length) > end_ - position_) throw CutOff{};
    std::string value(static_cast<std::size_t>(length), '\0');
    bytes(value);
    return value;
}

}  // namespace rehearse::snapshot
