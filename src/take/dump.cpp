#include "take/dump.hpp"

#include "rehearse/base/files.hpp"
#include "rehearse/base/interrupt.hpp"
#include "rehearse/base/size.hpp"
#include "rehearse/base/text.hpp"

#include "take/dump_progress.hpp"
#include "take/roles.hpp"

#include <csignal>
#include <fstream>

namespace rehearse::take {

namespace {

constexpr Millis kLookEvery = std::chrono::milliseconds(250);
// pg_dump ends its workers and cancels their COPY on the server.
constexpr Millis kGrace = std::chrono::seconds(10);

process::ProcessSpec spec_of(const Clients& clients, const std::string& program,
                             std::vector<std::string> args) {
    process::ProcessSpec spec;
    spec.program = clients.folder / program;
    spec.args = std::move(args);
    spec.args.push_back("--no-password");
    spec.args.push_back("--dbname=" + clients.address.without_password());
    // What they say is read here.
    spec.env = {{"LC_ALL", "C"}};
    spec.env_removed = {"PGCLIENTENCODING"};
    if (!clients.address.password().empty()) {
        spec.env["PGPASSWORD"] = clients.address.password();
        spec.secrets = {clients.address.password()};
    }
    return spec;
}

std::uint64_t bytes_in(const fs::path& folder) {
    std::uint64_t bytes = 0;
    std::error_code ignored;
    for (const auto& file : fs::directory_iterator(folder, ignored)) {
        const auto size = file.file_size(ignored);
        if (!ignored) bytes += size;
    }
    return bytes;
}

// Without pg_dump's tidings, which are most of what it writes.
std::string complaints_in(const std::string& output) {
    std::string complaints;
    for (const auto& line : split_lines(output)) {
        const bool is_one = line.find("error: ") != std::string::npos ||
                            line.find("warning: ") != std::string::npos ||
                            line.find("detail: ") != std::string::npos ||
                            line.find("hint: ") != std::string::npos ||
                            line.starts_with("DETAIL: ") || line.starts_with("HINT: ");
        if (is_one) complaints += line + "\n";
    }
    return complaints;
}

// The lines that a file has got since the last look at it.
class GrowingFile {
  public:
    explicit GrowingFile(const fs::path& path) : file_(path) {}

    template <typename Take>
    void each_new_line(Take take) {
        file_.clear();
        for (std::string part; std::getline(file_, part);) {
            line_ += part;
            if (file_.eof()) return;  // the rest of this line is to come
            take(line_);
            line_.clear();
        }
    }

  private:
    std::ifstream file_;
    std::string line_;
};

void end(process::RunningProcess& process) {
    process.send_signal(SIGTERM);
    process.wait(kGrace);
}

}  // namespace

Error failure_of(const std::string& program, const std::string& output) {
    const std::string complaints = complaints_in(output);
    const std::string& said = complaints.empty() ? output : complaints;
    // pg_dump waits for locks under a statement_timeout (getTables in pg_dump.c), and has no other.
    const bool waited_for_lock =
        program == "pg_dump" && said.find("statement timeout") != std::string::npos;
    return Error(ErrorKind::snapshot, program + " failed",
                 pg::hints_about_production(waited_for_lock ? "lock timeout" : said))
        .with_output(said);
}

void dump_roles(const Clients& clients, const std::string& database, const fs::path& file) {
    // As a connection string: a name with a = in it would be taken for one.
    auto spec = spec_of(clients, "pg_dumpall",
                        {"--roles-only", "--no-role-passwords",
                         "--database=dbname=" + pg::quoted_for_libpq(database)});
    spec.keep_output_bytes = std::size_t{256} << 20;
    auto result = clients.runner.run(spec);
    if (!result.ok()) throw failure_of("pg_dumpall", result.err);
    write_file_atomically(file, without_custom_settings(std::move(result.out)));
}

void dump_database(const Clients& clients, const TakeOptions& options,
                   const std::vector<pg::TableTraffic>& tables, pg::ProductionSession& session,
                   const fs::path& folder, Progress& progress) {
    const auto milliseconds = static_cast<long long>(options.lock_wait_timeout.count());
    const auto spec = spec_of(clients, "pg_dump",
                              {"--format=directory", "--jobs=" + std::to_string(options.jobs),
                               "--file=" + folder.string(),
                               "--lock-wait-timeout=" + std::to_string(milliseconds), "--verbose"});
    const fs::path log = fs::path(folder).concat(".log");
    const auto process = clients.runner.start(spec, log, SIGTERM);
    GrowingFile lines(log);
    DumpProgress dumped(tables, options.jobs, progress);
    const auto look = [&] {
        lines.each_new_line([&](const std::string& line) { dumped.add_line(line); });
    };
    while (!process->poll()) {
        if (Interrupt::requested()) {
            end(*process);
            Interrupt::throw_if_requested();
        }
        process->wait(kLookEvery);
        look();
        dumped.show(session.read_copied_bytes(), bytes_in(folder));
    }
    if (!process->poll()->ok()) throw failure_of("pg_dump", read_file(log));
    look();
    fs::remove(log);
    progress.end(format_bytes(bytes_in(folder)) + ", " + std::to_string(dumped.tables_begun()) +
                 " tables");
}

}  // namespace rehearse::take
