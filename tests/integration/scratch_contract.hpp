#pragma once

#include "rehearse/base/interrupt.hpp"
#include "rehearse/process/process.hpp"

#include "integration/scratch_run.hpp"
#include "support/docker_over_tcp.hpp"
#include "support/skip.hpp"

#include <gtest/gtest.h>

#include <string>

namespace rehearse::scratch::test {

// What every engine promises: scratch_contract.cpp. A test program instantiates it for its engines.
class ScratchContract : public testing::TestWithParam<EngineCase> {
  protected:
    ScratchContract();
    void SetUp() override;
    // Fails the test when anything of the run is left.
    void TearDown() override;

    ScratchRun& run() { return *run_; }
    process::ProcessRunner& runner() { return *runner_; }
    std::unique_ptr<Engine> make_here() { return run().make(GetParam(), runner(), progress_); }
    void forget_run() { run_.reset(); }

    TempDir temp_;
    std::optional<rehearse::test::DockerOverTcp> over_tcp_;
    std::unique_ptr<process::ProcessRunner> runner_ = process::make_process_runner();
    RecordingProgress progress_;
    std::optional<ScratchRun> run_;
    std::string run_id_;
};

}  // namespace rehearse::scratch::test
