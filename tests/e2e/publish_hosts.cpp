#include "e2e/publish_hosts.hpp"

#include "rehearse/publish/http_client.hpp"

#include <unistd.h>

#include <atomic>
#include <csignal>
#include <stdexcept>

namespace rehearse::test {

namespace {

const fs::path kMocks = fs::path{REHEARSE_SOURCE_DIR} / "build/api-mocks";
const fs::path kPrism = kMocks / "node_modules/.bin/prism";

std::string folder_name() {
    static std::atomic<int> count{0};
    return "rehearse-hosts-" + std::to_string(getpid()) + "-" + std::to_string(++count);
}

// The digits behind the text, once a whole line has them.
std::string port_in(const std::string& log, const std::string& before) {
    const auto at = log.find(before);
    if (at == std::string::npos) return {};
    const auto begin = at + before.size();
    const auto end = log.find_first_not_of("0123456789", begin);
    return end == std::string::npos ? "" : log.substr(begin, end - begin);
}

}  // namespace

FakeHosts::FakeHosts(const Scenario& scenario)
    : folder_("/tmp", folder_name()), runner_(process::make_process_runner()) {
    nlohmann::json file{{"comments", scenario.comments},
                        {"comments_of_others", scenario.comments_of_others},
                        {"app", scenario.app},
                        {"labels", scenario.labels},
                        {"page_size", scenario.page_size},
                        {"faults", nlohmann::json::parse(scenario.faults)}};
    if (!scenario.tls.empty()) file["tls"] = scenario.tls;
    write_file_atomically(folder_.path() / "scenario.json", file.dump());
    process::ProcessSpec spec;
    spec.program = "python3";
    spec.args = {REHEARSE_SOURCE_DIR "/tests/support/fake_hosts.py",
                 folder_.path() / "scenario.json"};
    fake_url_ = start(spec, "fake", "port ");
    if (!scenario.tls.empty()) {
        fake_url_.replace(0, 4, "https");
        ca_file_ = scenario.tls;
    }
    url_ = fake_url_;
}

std::string FakeHosts::why_no_prism() {
    if (!process::find_program("node")) return "node is not installed";
    return fs::exists(kPrism) && fs::exists(kMocks / "github.json")
               ? ""
               : "prism is not installed: run scripts/install-api-mocks";
}

void FakeHosts::put_prism_before() {
    process::ProcessSpec spec;
    spec.program = kPrism;
    spec.args = {"proxy",  "--errors", "--host", "127.0.0.1", "--port", "0", kMocks / "github.json",
                 fake_url_};
    url_ = start(spec, "prism", "listening on http://127.0.0.1:");
    ask("/_fake/public", url_);  // so that its links lead through prism
}

std::string FakeHosts::start(const process::ProcessSpec& spec, const std::string& name,
                             const std::string& before_port) {
    const auto log = folder_.path() / name;
    auto& process = *running_.emplace_back(runner_->start(spec, log, SIGKILL));
    const auto deadline = Clock::now() + std::chrono::minutes(1);
    while (true) {
        const auto port = port_in(fs::exists(log) ? read_file(log) : "", before_port);
        if (!port.empty()) return "http://127.0.0.1:" + port;
        if (process.wait(std::chrono::milliseconds(20)) || Clock::now() > deadline) {
            throw std::runtime_error(name + " did not start:\n" + read_file(log));
        }
    }
}

nlohmann::json FakeHosts::ask(const std::string& path, const std::string& body) const {
    const auto client = publish::make_http_client("test", ca_file_);
    publish::Request request{.method = body.empty() ? "GET" : "POST", .url = fake_url_ + path};
    request.body = body;
    const auto response = client->send(request);
    if (!response.ok()) throw std::runtime_error(path + ": " + response.failure);
    return nlohmann::json::parse(response.body);
}

std::size_t FakeHosts::requests(const std::string& method, const std::string& path) const {
    std::size_t count = 0;
    for (const auto& request : log()) {
        const std::string requested = request.at("path");
        if (request.at("method") == method && requested.find(path) != std::string::npos) ++count;
    }
    return count;
}

}  // namespace rehearse::test
