#include "integration/scratch_run.hpp"

#include "rehearse/base/text.hpp"

#include "support/docker_over_tcp.hpp"

#include <gtest/gtest.h>
#include <unistd.h>

#include <stdexcept>

namespace rehearse::scratch::test {

ScratchRun::ScratchRun(const fs::path& temp, const std::string& name)
    : id_(name + std::to_string(getpid())),
      folder_(temp, "rehearse-" + id_),
      lock_(FileLock::try_lock(folder_.path() / "lock")) {}

EngineOptions ScratchRun::options(const EngineCase& engine) const {
    EngineOptions options;
    options.run_id = id_;
    options.run_folder = folder_.path();
    options.image = engine.image;
    options.may_pull = false;
    return options;
}

std::unique_ptr<Engine> ScratchRun::make(const EngineCase& engine, process::ProcessRunner& runner,
                                         Progress& progress) const {
    return make_engine(engine.kind, pg::ServerVersion{engine.major * 10000}, options(engine),
                       runner, progress);
}

std::string why_not_here(const EngineCase& engine, process::ProcessRunner& runner) {
    for (const EngineStatus& status : look_for_engines(runner)) {
        if (engine_kind_from(status.name) != engine.kind) continue;
        if (!status.usable)
            return status.name + ": " + status.missing + " (" + status.install_command + ")";
        if (!engine.image.empty() && status.found.find(engine.image) == std::string::npos) {
            return "no image " + engine.image + " (scripts/build-scratch-image makes it)";
        }
    }
    if (engine.elsewhere) return rehearse::test::DockerOverTcp::why_not_here();
    return {};
}

std::vector<std::string> left_overs(const fs::path& temp, const EngineCase& engine,
                                    const std::string& run_id, process::ProcessRunner& runner) {
    std::vector<std::string> found;
    for (const auto& entry : fs::directory_iterator(temp)) {
        if (entry.path().filename().string().find(run_id) != std::string::npos) {
            found.push_back(entry.path());
        }
    }
    if (engine.kind == EngineKind::local) return found;
    const std::string client = engine.kind == EngineKind::docker ? "docker" : "podman";
    const std::string filter = "label=rehearse.run=" + run_id;
    for (const std::vector<std::string>& list :
         {std::vector<std::string>{"ps", "--all", "--quiet", "--filter", filter},
          std::vector<std::string>{"volume", "ls", "--quiet", "--filter", filter}}) {
        process::ProcessSpec spec;
        spec.program = client;
        spec.args = list;
        for (const std::string& line : split_lines(runner.run(spec).out)) {
            if (!line.empty()) found.push_back(list.front() + " " + line);
        }
    }
    return found;
}

RunningScratch::RunningScratch(std::unique_ptr<Engine> engine, const Settings& settings)
    : engine_(std::move(engine)), volume_(engine_->create_volume()) {
    try {
        start_again(settings);
    } catch (...) {
        engine_->remove_volume(volume_);
        throw;
    }
}

RunningScratch::~RunningScratch() {
    server_.reset();
    if (is_kept_) return;
    try {
        engine_->remove_volume(volume_);
    } catch (const std::exception& error) {
        ADD_FAILURE() << error.what();
    }
}

KeptScratch RunningScratch::keep() {
    auto kept = server_->keep("postgres");
    is_kept_ = true;
    return kept;
}

process::ProcessResult RunningScratch::run_psql(const std::vector<std::string>& commands) {
    ClientTool psql;
    psql.program = "psql";
    psql.args = {"-X", "-A", "-t", "-q", "-v", "ON_ERROR_STOP=1"};
    psql.dbname = "postgres";
    for (const std::string& command : commands) {
        psql.args.emplace_back("-c");
        psql.args.push_back(command);
    }
    return engine_->run_client_tool(*server_, psql);
}

std::string RunningScratch::value_of(const std::string& query) {
    const auto result = run_psql({query});
    if (!result.ok()) throw std::runtime_error(query + ": " + result.err);
    return std::string(trimmed(result.out));
}

}  // namespace rehearse::scratch::test
