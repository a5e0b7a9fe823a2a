#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace rehearse::snapshot {

// Fills the buffer with the next bytes and returns how many; 0 at the end.
using ByteSource = std::function<std::size_t(std::span<char>)>;

// A file opened for reading at any place. Throws Unusable when it cannot be read.
class File {
  public:
    explicit File(const std::filesystem::path& path);
    File(const File&) = delete;
    File& operator=(const File&) = delete;
    ~File();

    // As it was when the file was opened.
    std::uint64_t size() const { return size_; }
    // Fewer bytes than the buffer holds only at the end of the file.
    std::size_t read_at(std::uint64_t offset, std::span<char> buffer) const;

  private:
    int fd_;
    std::uint64_t size_ = 0;
};

ByteSource stream_of(std::shared_ptr<const File> file);

// The first bytes of a file, at most `length`.
std::string first_bytes(const File& file, std::size_t length);

// Reads integers and strings as pg_dump writes them (WriteInt and WriteStr in pg_backup_archiver.c)
// between two places of a file. Small reads come out of a window and skipping costs nothing, so
// that walking over the blocks of a large dump takes few system calls. Every length is checked
// against what is left.
class Cursor {
  public:
    // Thrown where the file ends too early; the caller knows what was being read.
    struct CutOff {};

    Cursor(const File& file, std::uint64_t begin, std::uint64_t end);
    // The same file and integer size from another place on.
    Cursor at(std::uint64_t position) const;

    // Bytes of an integer in this archive (its header says so), the sign byte not counted.
    void set_integer_size(int bytes) { integer_size_ = bytes; }

    std::uint64_t position() const { return position_; }
    bool at_end() const { return position_ == end_; }
    int byte();
    std::int64_t integer();
    std::optional<std::string> text_or_null();
    std::string text() { return text_or_null().value_or(std::string()); }
    // Least significant byte first; at most 8 bytes.
    std::uint64_t little_endian(int count);
    void bytes(std::span<char> buffer);
    void skip(std::uint64_t count);

  private:
    const File* file_;
    std::uint64_t position_;
    std::uint64_t end_;
    int integer_size_ = 4;
    // Grows while reading goes on: a look at one block header costs little, a long walk few system
    // calls.
    std::size_t window_limit_ = 512;
    std::uint64_t window_begin_ = 0;
    std::vector<char> window_;
};

}  // namespace rehearse::snapshot
