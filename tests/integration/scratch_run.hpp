#pragma once

#include "rehearse/base/files.hpp"
#include "rehearse/base/progress.hpp"
#include "rehearse/scratch/engine.hpp"

#include <optional>
#include <ostream>
#include <string>
#include <vector>

namespace rehearse::scratch::test {

// Which engine a test runs on.
struct EngineCase {
    std::string name;  // for the test's name: "docker15"
    EngineKind kind = EngineKind::local;
    int major = 0;  // 0: what is there
    std::string image;
    bool elsewhere = false;  // docker, at a TCP address
};

inline void PrintTo(const EngineCase& engine, std::ostream* out) {
    *out << engine.name;
}

// What a progress was told, for tests that look at it.
class RecordingProgress final : public Progress {
  public:
    void begin(const std::string& step) override { lines.push_back("begin: " + step); }
    void update(std::uint64_t, std::optional<std::uint64_t>, Unit, const std::string&) override {}
    void end(const std::string&) override {}
    void note(const std::string& text) override { lines.push_back("note: " + text); }
    void warn(const std::string& text) override { lines.push_back("warn: " + text); }

    std::vector<std::string> lines;
};

// One run as the app makes it: its private folder with its lock, and its engine.
class ScratchRun {
  public:
    // The folder is `temp`/rehearse-<run>; the run's id is made from `name` and our process id.
    ScratchRun(const fs::path& temp, const std::string& name);

    const std::string& id() const { return id_; }
    const fs::path& folder() const { return folder_.path(); }
    void keep_folder() { folder_.keep(); }
    EngineOptions options(const EngineCase& engine) const;
    std::unique_ptr<Engine> make(const EngineCase& engine, process::ProcessRunner& runner,
                                 Progress& progress) const;

  private:
    std::string id_;
    TempDir folder_;
    std::optional<FileLock> lock_;
};

// A server on a volume of its own; both go with the object, in that order.
class RunningScratch {
  public:
    RunningScratch(std::unique_ptr<Engine> engine, const Settings& settings = {});
    RunningScratch(const RunningScratch&) = delete;
    RunningScratch& operator=(const RunningScratch&) = delete;
    ~RunningScratch();

    Engine& engine() { return *engine_; }
    ScratchServer& server() { return *server_; }
    const DataVolume& volume() const { return volume_; }
    // psql -X -At of one or more commands; the test sees exit code and both streams.
    process::ProcessResult run_psql(const std::vector<std::string>& commands);
    // The output of one query without its line feed; throws when psql fails.
    std::string value_of(const std::string& query);
    void start_again(const Settings& settings) { server_ = engine_->start(volume_, settings); }
    void end_server() { server_.reset(); }
    // Server and volume stay.
    KeptScratch keep();

  private:
    std::unique_ptr<Engine> engine_;
    DataVolume volume_;
    std::unique_ptr<ScratchServer> server_;
    bool is_kept_ = false;
};

// Empty when the engine can be used here, else why not.
std::string why_not_here(const EngineCase& engine, process::ProcessRunner& runner);

// Containers and volumes with this run's label, and folders of the run in `temp`.
std::vector<std::string> left_overs(const fs::path& temp, const EngineCase& engine,
                                    const std::string& run_id, process::ProcessRunner& runner);

}  // namespace rehearse::scratch::test
