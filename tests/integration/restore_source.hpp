#pragma once

#include "rehearse/base/files.hpp"
#include "rehearse/process/process.hpp"

#include "support/local_postgres.hpp"

#include <filesystem>
#include <string>
#include <vector>

namespace rehearse::restore::test {

// A production for the restore tests, on the test program's own PostgreSQL server: the database
// "Shop Floor", with roles, grants, settings and one of everything (restore_source.sql). Made at
// its first use.
class Production {
  public:
    static constexpr const char* kDatabase = "Shop Floor";

    static Production& instance();

    // Runs pg_dump on it; `args` before the database's name. Returns the path in a folder that
    // lives as long as the program.
    fs::path dump(const std::string& name, const std::vector<std::string>& args);
    // The same through a pipe: a custom dump without data offsets.
    fs::path piped_dump(const std::string& name);
    fs::path gzipped(const fs::path& path);
    fs::path zstd_compressed(const fs::path& path);
    // Its output.
    std::string run_client(const std::string& program, const std::vector<std::string>& args);
    // A new file in the same folder.
    fs::path write(const std::string& name, const std::string& content);
    fs::path copy_of(const fs::path& path, const std::string& name);

    // The text of pg_dump --create, without the words of \restrict that differ each time.
    std::string as_text();

    void run_sql(const std::string& sql, const std::string& database = kDatabase);
    const fs::path& folder() const { return folder_.path(); }

  private:
    Production();

    rehearse::test::LocalPostgres& server_;
    TempDir folder_;
    std::unique_ptr<process::ProcessRunner> runner_ = process::make_process_runner();
};

// A dump's text without the lines that may differ between two dumps of equal databases.
std::string comparable(const std::string& dump);

}  // namespace rehearse::restore::test
