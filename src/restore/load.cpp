#include "restore/load.hpp"

#include "rehearse/base/error.hpp"
#include "rehearse/base/interrupt.hpp"
#include "rehearse/base/text.hpp"

#include "restore/complaints.hpp"
#include "restore/database.hpp"
#include "restore/load_progress.hpp"

#include <algorithm>
#include <array>
#include <string_view>

namespace rehearse::restore {

namespace {

constexpr std::size_t kLogLines = 10;

Error lost_server(scratch::ScratchServer& server) {
    return Error(
               ErrorKind::scratch, "the scratch server ended while the snapshot was restored",
               {"Its last log lines are below; give it more memory or disk if it ran out of them."})
        .with_output(server.log_tail(kLogLines), kLogLines);
}

// A killed server is noticed by its clients before its own process is seen to have ended.
bool tells_of_a_lost_server(const Complaint& complaint) {
    constexpr std::array<std::string_view, 3> kSigns{
        "server closed the connection unexpectedly", "connection to server was lost",
        "terminating connection because of crash of another server process"};
    return std::any_of(kSigns.begin(), kSigns.end(), [&](std::string_view sign) {
        return complaint.message.find(sign) != std::string::npos;
    });
}

Error failed_with(const Complaint& complaint, scratch::ScratchServer& server) {
    if (tells_of_a_lost_server(complaint) || !server.is_running()) return lost_server(server);
    const auto lines = split_lines(complaint.message);
    const std::string first = lines.empty() ? std::string("unknown error") : lines.front();
    std::string what = complaint.entry.empty() ? "" : complaint.entry + ": ";
    Error error(ErrorKind::snapshot, "the snapshot cannot be restored: " + what + first);
    if (complaint.message.find("No space left on device") != std::string::npos) {
        error.with_hint("Free some space, or set TMPDIR to a folder on a larger disk.");
    } else {
        error.with_hint(
            "Restore it by hand into an empty database to see everything that is wrong with it "
            "(psql -f, or pg_restore for an archive), or take a new one.");
    }
    std::string details = join({lines.begin() + (lines.empty() ? 0 : 1), lines.end()}, "\n");
    if (!complaint.statement.empty()) details += "\nstatement: " + complaint.statement;
    return error.with_output(details);
}

// Sorts what the program complains of; the first fatal complaint ends it.
class Judge {
  public:
    Judge(scratch::ScratchServer& server, std::vector<std::string>& remarks)
        : server_(server),
          remarks_(remarks),
          reader_([this](const Complaint& complaint) { take(complaint); }) {}

    void add_line(const std::string& line) { reader_.add_line(line); }

    void finish(const process::ProcessResult& result, const std::string& program) {
        reader_.finish();
        // An error that could not be told from the lines is not passed over.
        const bool all_seen = reader_.count_told().value_or(0) <= reader_.count_seen();
        const bool ended_well = result.ok() || reader_.count_seen() > 0;
        if (all_seen && ended_well && result.signal == 0) return;
        if (!server_.is_running()) throw lost_server(server_);
        throw Error(ErrorKind::snapshot, "the snapshot cannot be restored: " + program +
                                             " ended with exit code " +
                                             std::to_string(result.exit_code))
            .with_output(result.err);
    }

  private:
    void take(const Complaint& complaint) {
        switch (severity_of(complaint)) {
            case Severity::expected:
                return;
            case Severity::harmless:
                remarks_.push_back(public_summary_of(complaint));
                return;
            case Severity::fatal:
                throw failed_with(complaint, server_);
        }
    }

    scratch::ScratchServer& server_;
    std::vector<std::string>& remarks_;
    ComplaintReader reader_;
};

}  // namespace

void load_archive(const snapshot::Snapshot& snapshot, const std::string& database, int jobs,
                  scratch::Engine& engine, scratch::ScratchServer& server, Progress& progress,
                  std::vector<std::string>& remarks) {
    // A tar file has one reading position.
    const bool parallel = snapshot.format != snapshot::Format::tar && jobs > 1;
    LoadProgress lines(*snapshot.archive, parallel, progress);
    Judge judge(server, remarks);
    scratch::ClientTool tool;
    tool.program = "pg_restore";
    tool.dbname = connection_to(database, engine.server_version());
    tool.input = snapshot.path;
    // One run for all sections: only the run that creates a table may empty it again in the
    // transaction that loads it, and that is what lets the server skip the WAL of the rows
    // (wal_level = minimal). Production's tablespaces are not here.
    tool.args = {"--verbose", "--no-tablespaces"};
    if (parallel) tool.args.push_back("--jobs=" + std::to_string(jobs));
    tool.args.emplace_back("{input}");
    tool.on_stderr_line = [&](const std::string& line) {
        Interrupt::throw_if_requested();
        lines.add_line(line);
        judge.add_line(line);
    };
    judge.finish(engine.run_client_tool(server, tool), tool.program);
    lines.finish();
}

void load_plain(const snapshot::Snapshot& snapshot, const std::string& database,
                scratch::Engine& engine, scratch::ScratchServer& server, Progress& progress,
                std::vector<std::string>& remarks) {
    progress.begin("running the dump's SQL");
    Judge judge(server, remarks);
    scratch::ClientTool tool;
    tool.program = "psql";
    // A script of pg_dump --create connects to its database itself.
    tool.dbname = connection_to(snapshot.create_database.empty() ? database : "postgres",
                                engine.server_version());
    tool.args = {"--no-psqlrc",     "--quiet", "--output=/dev/null", "-v",
                 "ON_ERROR_STOP=0", "-v",      "ECHO=errors",        "--file=-"};
    std::uint64_t sent = 0;
    tool.stdin_source = [&, source = snapshot::open_plain(snapshot)](std::span<char> buffer) {
        const std::size_t got = source(buffer);
        sent += got;
        progress.update(sent, snapshot.uncompressed_bytes, Progress::Unit::bytes, "");
        return got;
    };
    tool.on_stderr_line = [&](const std::string& line) { judge.add_line(line); };
    judge.finish(engine.run_client_tool(server, tool), tool.program);
    progress.end("");
}

}  // namespace rehearse::restore
