#pragma once

#include "support/servers.hpp"

#include <nlohmann/json.hpp>

#include <string>
#include <vector>

namespace rehearse::test {

// What is there before, and what goes wrong.
struct Scenario {
    std::vector<std::string> comments{};            // of the token's user
    std::vector<std::string> comments_of_others{};  // before them
    bool app = false;                               // the token is an app's
    std::vector<std::string> labels{};
    int page_size = 100;
    fs::path tls{};             // key and certificate of a server of https
    std::string faults = "[]";  // JSON, see tests/support/fake_hosts.py
};

// tests/support/fake_hosts.py, and prism before it where a test wants every request and answer held
// against GitHub's own description. Both are on loopback and end with the object.
class FakeHosts {
  public:
    explicit FakeHosts(const Scenario& scenario);

    void put_prism_before();
    // Empty where it can be, else why not.
    static std::string why_no_prism();

    const std::string& url() const { return url_; }
    nlohmann::json state() const { return ask("/_fake/state"); }
    nlohmann::json log() const { return ask("/_fake/log"); }
    // How many requests came with this method and with this in their path.
    std::size_t requests(const std::string& method, const std::string& path) const;

  private:
    nlohmann::json ask(const std::string& path, const std::string& body = "") const;

    Servers servers_;
    std::string ca_file_;
    std::string fake_url_;
    std::string url_;
};

}  // namespace rehearse::test
