#pragma once

#include <cstdint>
#include <ctime>
#include <filesystem>
#include <string>
#include <vector>

namespace rehearse::test {

// Writes archives as pg_dump's archiver does (pg_backup_archiver.c), so that a test can have any
// format version, and bytes that no pg_dump would write.
class ArchiveWriter {
  public:
    struct Entry {
        int dump_id = 0;
        std::string desc;
        std::string tag;
        int section = 2;
        std::string definition;
        std::string schema;
        std::string owner;
        std::string data;  // of the custom format's block, or the file name in the others
        bool has_data = false;
        bool is_insert = false;
        std::vector<int> depends_on;
    };

    int minor = 14;
    int integer_size = 4;
    int offset_size = 8;
    int compression = -1;  // a level before 1.15, an algorithm from then on
    std::string database = "shop";
    std::string server_version = "15.20 (Debian 15.20-0+deb12u1)";
    std::string dump_version = "15.20";
    std::tm taken_at{};  // local time
    bool offsets_set = true;
    std::vector<Entry> entries;

    ArchiveWriter();

    Entry& add(const std::string& desc, const std::string& tag);
    Entry& add_table_data(const std::string& tag, const std::string& data);

    std::string custom() const;
    // toc.dat of a directory or tar dump.
    std::string toc() const;
    std::string tar() const;
    // Writes toc.dat and the data files.
    void write_directory(const std::filesystem::path& folder) const;

    // One entry's data in the custom format.
    std::string block(const Entry& entry) const;
    std::string integer(std::int64_t value) const;
    std::string text(const std::string& value) const;
    std::string null_text() const { return integer(-1); }

  private:
    std::string head(int format) const;
    std::string contents(int format, const std::vector<std::uint64_t>& offsets) const;
    static std::string tar_member(const std::string& name, const std::string& content);
};

}  // namespace rehearse::test
