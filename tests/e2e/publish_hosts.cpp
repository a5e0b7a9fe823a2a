#include "e2e/publish_hosts.hpp"

#include "rehearse/publish/http_client.hpp"

#include <stdexcept>

namespace rehearse::test {

namespace {

const fs::path kPrism = npm_folder() / "node_modules/.bin/prism";
const fs::path kDescription = npm_folder() / "github.json";

}  // namespace

FakeHosts::FakeHosts(const Scenario& scenario) {
    nlohmann::json file{{"comments", scenario.comments},
                        {"comments_of_others", scenario.comments_of_others},
                        {"app", scenario.app},
                        {"labels", scenario.labels},
                        {"page_size", scenario.page_size},
                        {"faults", nlohmann::json::parse(scenario.faults)}};
    if (!scenario.tls.empty()) file["tls"] = scenario.tls;
    write_file_atomically(servers_.folder() / "scenario.json", file.dump());
    process::ProcessSpec spec;
    spec.program = "python3";
    spec.args = {REHEARSE_SOURCE_DIR "/tests/support/fake_hosts.py",
                 servers_.folder() / "scenario.json"};
    fake_url_ = servers_.start(spec, "fake", "port ");
    if (!scenario.tls.empty()) {
        fake_url_.replace(0, 4, "https");
        ca_file_ = scenario.tls;
    }
    url_ = fake_url_;
}

std::string FakeHosts::why_no_prism() {
    if (!process::find_program("node")) return "node is not installed";
    return fs::exists(kPrism) && fs::exists(kDescription)
               ? ""
               : "prism is not installed: run scripts/install-api-mocks";
}

void FakeHosts::put_prism_before() {
    process::ProcessSpec spec;
    spec.program = kPrism;
    spec.args = {"proxy",  "--errors", "--host",     "127.0.0.1",
                 "--port", "0",        kDescription, fake_url_};
    url_ = servers_.start(spec, "prism", "listening on http://127.0.0.1:");
    ask("/_fake/public", url_);  // so that its links lead through prism
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
