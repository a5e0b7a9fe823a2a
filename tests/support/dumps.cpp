#include "support/dumps.hpp"

#include "rehearse/base/files.hpp"
#include "rehearse/process/process.hpp"

#include "support/local_postgres.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <stdexcept>

namespace rehearse::test {

namespace {

const fs::path kScripts = fs::path(REHEARSE_SOURCE_DIR) / "tests" / "support";

std::string checked(const process::ProcessResult& result, const std::string& what) {
    if (!result.ok()) throw std::runtime_error(what + ": " + result.err);
    return result.out;
}

void execute(LocalPostgres& server, const fs::path& script) {
    checked(server.run_client("psql",
                              {"--no-psqlrc", "--quiet", "--set=ON_ERROR_STOP=1",
                               "--output=/dev/null", "--file=" + script.string()},
                              "postgres"),
            script);
}

void dump(LocalPostgres& server, const std::string& database, const std::string& format,
          const fs::path& target) {
    checked(
        server.run_client("pg_dump", {"--format=" + format, "--file=" + target.string()}, database),
        target);
}

void run(const std::string& program, const std::vector<std::string>& args) {
    process::ProcessSpec spec;
    spec.program = program;
    spec.args = args;
    checked(process::make_process_runner()->run(spec), program);
}

// "pg_dump (PostgreSQL) 15.18 (Debian 15.18-0+deb12u1)" -> "15"
std::string major_of(LocalPostgres& server) {
    const std::string text =
        checked(server.run_client("pg_dump", {"--version"}, "postgres"), "pg_dump --version");
    const auto begin = text.find(") ") + 2;
    return text.substr(begin, text.find('.', begin) - begin);
}

void make_dumps(const fs::path& folder) {
    LocalPostgres* server = LocalPostgres::instance();
    if (server == nullptr) throw std::runtime_error(LocalPostgres::why_not());
    execute(*server, kScripts / "shop.sql");
    execute(*server, kScripts / "stalling.sql");
    dump(*server, "shop", "custom", folder / "shop.dump");
    dump(*server, "shop", "directory", folder / "shop.dir");
    dump(*server, "shop", "tar", folder / "shop.tar");
    dump(*server, "shop", "plain", folder / "shop.sql");
    run("gzip", {"--keep", folder / "shop.sql"});
    run("zstd", {"--quiet", folder / "shop.sql"});
    dump(*server, "stalling", "custom", folder / "stalling.dump");
    write_file_atomically(folder / "major", major_of(*server));
}

fs::path made_dumps() {
    return fs::path(REHEARSE_TEST_CACHE) / "dumps";
}

bool is_fresh(const fs::path& folder) {
    std::error_code missing;
    const auto made = fs::last_write_time(folder, missing);
    if (missing) return false;
    for (const char* script : {"shop.sql", "stalling.sql", "dumps.cpp"}) {
        if (fs::last_write_time(kScripts / script) > made) return false;
    }
    // Snapshots older than eight days are warned of.
    return fs::file_time_type::clock::now() - made < std::chrono::hours(24);
}

// Tests may run side by side: one makes the dumps, the others wait for it.
class MakingLock {
  public:
    explicit MakingLock(const fs::path& file)
        : fd_(open(file.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600)) {
        if (fd_ < 0 || flock(fd_, LOCK_EX) != 0) throw std::runtime_error("lock " + file.string());
    }
    MakingLock(const MakingLock&) = delete;
    MakingLock& operator=(const MakingLock&) = delete;
    ~MakingLock() { close(fd_); }

  private:
    int fd_;
};

}  // namespace

std::string why_no_dumps() {
    if (!is_fresh(made_dumps()) && LocalPostgres::instance() == nullptr) {
        return LocalPostgres::why_not();
    }
    for (const char* program : {"gzip", "zstd"}) {
        if (!process::find_program(program)) return std::string(program) + " is not installed";
    }
    return "";
}

const fs::path& dumps() {
    static const fs::path folder = [] {
        fs::path made = made_dumps();
        const fs::path cache = made.parent_path();
        fs::create_directories(cache);
        const MakingLock lock(cache / "dumps.lock");
        if (!is_fresh(made)) {
            const fs::path unfinished = cache / "dumps.unfinished";
            remove_tree(made);
            remove_tree(unfinished);
            fs::create_directory(unfinished);
            make_dumps(unfinished);
            fs::rename(unfinished, made);
        }
        return made;
    }();
    return folder;
}

int dumps_major() {
    return std::stoi(read_file(dumps() / "major"));
}

}  // namespace rehearse::test
