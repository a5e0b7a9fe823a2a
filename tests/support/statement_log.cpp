#include "support/statement_log.hpp"

#include "rehearse/pg/admin_session.hpp"

#include <fstream>
#include <optional>
#include <stdexcept>

namespace rehearse::test {

namespace {

// "2026-11-27 23:31:13.123 UTC [4711] "; the further lines of an entry begin with a tab.
bool begins_entry(const std::string& line) {
    return !line.empty() && line[0] >= '0' && line[0] <= '9';
}

std::optional<std::string> behind(const std::string& line, const std::string& mark) {
    const std::size_t found = line.find("] " + mark);
    if (found == std::string::npos || found > 60) return std::nullopt;
    return line.substr(found + 2 + mark.size());
}

}  // namespace

StatementLog::StatementLog(LocalPostgres& server, const std::string& database) : server_(server) {
    pg::AdminSession admin{server.address()};
    if (const auto why =
            admin.try_statement("ALTER DATABASE " + database + " SET log_statement = 'all'"))
        throw std::runtime_error{*why};
    take();
}

std::vector<std::string> StatementLog::take() {
    std::ifstream log(server_.log_file(), std::ios::binary);
    log.seekg(static_cast<std::streamoff>(passed_));
    std::vector<std::string> sent;
    std::optional<std::string> last;  // logged as sent, and no error came of it yet
    std::string entry;
    enum class Kind { other, run, failed } kind = Kind::other;
    const auto finish = [&] {
        if (kind == Kind::run) {
            sent.push_back(entry);
            last = entry;
        } else if (kind == Kind::failed) {
            // What cannot be parsed is only logged with its error.
            if (last != entry) sent.push_back(entry);
            last.reset();
        }
        kind = Kind::other;
    };
    for (std::string line; std::getline(log, line);) {
        passed_ += line.size() + 1;
        if (!begins_entry(line)) {
            entry += '\n';
            entry += line.empty() ? line : line.substr(1);
            continue;
        }
        finish();
        if (auto statement = behind(line, "LOG:  statement: ")) {
            kind = Kind::run;
            entry = *std::move(statement);
        } else if (auto failed = behind(line, "STATEMENT:  ")) {
            kind = Kind::failed;
            entry = *std::move(failed);
        }
    }
    finish();
    return sent;
}

}  // namespace rehearse::test
