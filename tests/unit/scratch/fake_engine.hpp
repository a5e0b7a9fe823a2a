#pragma once

#include "rehearse/base/files.hpp"
#include "rehearse/base/progress.hpp"
#include "rehearse/scratch/engine.hpp"

#include "support/fake_processes.hpp"

#include <gtest/gtest.h>
#include <unistd.h>

#include <cstdlib>
#include <string>
#include <vector>

namespace rehearse::scratch {

class Notes final : public Progress {
  public:
    void begin(const std::string&) override {}
    void update(std::uint64_t, std::optional<std::uint64_t>, Unit, const std::string&) override {}
    void end(const std::string&) override {}
    void note(const std::string& text) override { all.push_back(text); }
    void warn(const std::string& text) override { all.push_back(text); }

    std::vector<std::string> all;
};

// PATH holds just the programs that a test says are installed; they are run by the fake.
class FakeMachine : public testing::Test {
  protected:
    FakeMachine()
        : folder_(default_temp_folder(), "rehearse-fake-machine-" + std::to_string(getpid())) {
        const char* path = std::getenv("PATH");
        path_ = path == nullptr ? "" : path;
        unsetenv("DOCKER_HOST");
        setenv("PATH", (folder_.path() / "bin").c_str(), 1);
        setenv("REHEARSE_PG_BINDIR", (folder_.path() / "bin").c_str(), 1);
        options_.run_id = "7f3a";
        options_.run_folder = folder_.path();
    }
    ~FakeMachine() override {
        setenv("PATH", path_.c_str(), 1);
        unsetenv("REHEARSE_PG_BINDIR");
        unsetenv("DOCKER_HOST");
    }

    void install(const std::string& program) {
        const fs::path path = folder_.path() / "bin" / program;
        make_private_folder(path.parent_path());
        write_file_atomically(path, "#!/bin/sh\n");
        fs::permissions(path, fs::perms::owner_all);
        if (program != "docker") return;
        processes_.when("docker", {"context", "inspect"}).prints("unix:///var/run/docker.sock\n");
    }
    void install_docker() {
        install("docker");
        processes_.when("docker", {"info"}).prints("20.10.24\n");
    }
    void install_podman() {
        install("podman");
        processes_.when("podman", {"info"}).prints("4.3.1\n");
    }
    void add_image(const std::string& client, const std::string& image,
                   const std::string& version) {
        processes_.when(client, {"image", "inspect", image}).prints("sha256:1\n");
        processes_.when(client, {"run", image, "--version"})
            .prints("postgres (PostgreSQL) " + version + "\n");
    }
    void install_local(const std::string& version) {
        install("postgres");
        install("initdb");
        processes_.when("postgres", {"--version"})
            .prints("postgres (PostgreSQL) " + version + "\n");
        processes_.when("true");
    }

    std::unique_ptr<Engine> make(EngineKind kind, int wanted) {
        return make_engine(kind, pg::ServerVersion{wanted}, options_, processes_, notes_);
    }

    test::FakeProcesses processes_;
    TempDir folder_;
    EngineOptions options_;
    Notes notes_;

  private:
    std::string path_;
};

}  // namespace rehearse::scratch
