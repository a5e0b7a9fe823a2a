#include "scratch/server.hpp"

#include "rehearse/base/error.hpp"
#include "rehearse/base/files.hpp"
#include "rehearse/base/interrupt.hpp"
#include "rehearse/base/text.hpp"
#include "rehearse/pg/admin_session.hpp"

#include "scratch/names.hpp"
#include "scratch/password.hpp"

#include <algorithm>
#include <fstream>

namespace rehearse::scratch {

namespace {

constexpr Millis kStartLimit = std::chrono::minutes(2);
// How long one wait for the program's end lasts before we look at something else again.
constexpr Millis kBeat{20};
constexpr std::streamoff kLogTailBytes = std::streamoff{64} << 10;

std::string replaced(std::string text, const std::string& what, const std::string& with) {
    for (std::size_t at = text.find(what); at != std::string::npos;
         at = text.find(what, at + with.size())) {
        text.replace(at, what.size(), with);
    }
    return text;
}

bool is_socket(const pg::ConnInfo& address) {
    return address.host.starts_with('/');
}

}  // namespace

std::string ProcessServer::log_tail(std::size_t lines) {
    std::ifstream file(log_, std::ios::binary | std::ios::ate);
    if (!file) return {};
    const std::streamoff size = file.tellg();
    file.seekg(std::max<std::streamoff>(0, size - kLogTailBytes));
    const std::string end{std::istreambuf_iterator<char>(file), {}};
    auto all = split_lines(end);
    if (all.size() > lines) all.erase(all.begin(), all.end() - static_cast<std::ptrdiff_t>(lines));
    return join(all, "\n");
}

Error ProcessServer::error_with_log(const std::string& message) {
    return Error(ErrorKind::scratch, message).with_output(log_tail(10));
}

void ProcessServer::wait_until(const std::function<bool(std::string& why_not)>& is_so) {
    const auto deadline = Clock::now() + std::chrono::duration_cast<Clock::duration>(kStartLimit);
    std::string why_not;
    for (;;) {
        Interrupt::throw_if_requested();
        if (process_->poll()) throw error_with_log("the scratch server ended while it started");
        if (is_so(why_not)) return;
        if (Clock::now() > deadline) {
            Error error = error_with_log("the scratch server did not answer within " +
                                         format_duration(kStartLimit) + ": " + why_not);
            if (!address_.host.empty() && !is_socket(address_)) {
                error.with_hint("Port " + std::to_string(address_.port) + " of " + address_.host +
                                " must be reachable from here: look for a firewall between.");
            }
            throw error;
        }
        process_->wait(kBeat);
    }
}

void ProcessServer::wait_until_ready() {
    wait_until(
        [&](std::string& why_not) { return pg::answers_with_marker(address_, run_id_, why_not); });
}

void ProcessServer::require_password() {
    if (!address_.password.empty()) return;
    pg::ConnInfo with_password = address_;
    with_password.password = random_password();
    pg::AdminSession(address_).require_password(with_password.password);
    // The server reads its rules again in its own time.
    wait_until([&](std::string& why_not) {
        std::string refused;
        if (pg::answers_with_marker(address_, run_id_, refused)) {
            why_not = "it still lets in who has no password";
            return false;
        }
        return pg::answers_with_marker(with_password, run_id_, why_not);
    });
    address_ = with_password;
}

bool ProcessServer::ends_within(Millis limit) {
    const auto deadline = Clock::now() + std::chrono::duration_cast<Clock::duration>(limit);
    while (!process_->wait(kBeat)) {
        Interrupt::throw_if_requested();
        if (Clock::now() > deadline) return false;
    }
    return true;
}

std::string ProcessServer::connect_command(const std::string& dbname) const {
    std::vector<std::string> psql{"psql", "-h", address_.host};
    if (!is_socket(address_)) psql.insert(psql.end(), {"-p", std::to_string(address_.port)});
    psql.insert(psql.end(), {"-U", address_.user, "-d", dbname});
    if (address_.password.empty()) return shell_command(psql);
    const fs::path password_file = log_.parent_path() / "pgpass";
    write_file_atomically(password_file, "*:*:*:*:" + address_.password + "\n");
    return "PGPASSFILE=" + shell_command({password_file}) + " " + shell_command(psql);
}

std::string shell_command(const std::vector<std::string>& words) {
    process::ProcessSpec spec;
    spec.program = words.front();
    spec.args.assign(words.begin() + 1, words.end());
    return process::command_line_of(spec);
}

std::vector<std::string> server_parameters(const Settings& settings,
                                           const std::string& socket_folder,
                                           const std::string& run_id) {
    Settings all = settings;
    all["listen_addresses"] = "";
    all["port"] = "5432";
    all["unix_socket_directories"] = socket_folder;
    all.emplace("logging_collector", "off");
    all["lc_messages"] = "C";
    all[std::string(kMarkerParameter)] = run_id;
    std::vector<std::string> arguments;
    for (const auto& [name, value] : all) {
        arguments.emplace_back("-c");
        arguments.push_back(name + "=" + value);
    }
    return arguments;
}

std::vector<std::string> client_arguments(const ClientTool& tool, const std::string& socket_folder,
                                          const std::string& input) {
    std::vector<std::string> arguments{"-h", socket_folder, "-p", "5432", "-U", "postgres"};
    if (!tool.dbname.empty()) {
        arguments.emplace_back("-d");
        arguments.push_back(tool.dbname);
    }
    for (const std::string& argument : tool.args) {
        arguments.push_back(replaced(argument, "{input}", input));
    }
    return arguments;
}

}  // namespace rehearse::scratch
