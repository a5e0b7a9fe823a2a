#pragma once

#include "rehearse/base/error.hpp"
#include "rehearse/base/files.hpp"
#include "rehearse/snapshot/snapshot.hpp"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

namespace rehearse::test {

// Keeps what was told.
class NotedProgress final : public Progress {
  public:
    void begin(const std::string& step) override { steps.push_back(step); }
    void update(std::uint64_t, std::optional<std::uint64_t>, Unit, const std::string&) override {}
    void end(const std::string&) override {}
    void note(const std::string& text) override { notes.push_back(text); }
    void warn(const std::string& text) override { notes.push_back(text); }

    std::vector<std::string> steps;
    std::vector<std::string> notes;
};

// A folder of its own for each test.
class SnapshotFiles : public testing::Test {
  protected:
    std::filesystem::path write(const std::string& name, const std::string& content) {
        // A new file each time: ext4 flushes one that is cut to nothing and written again.
        std::filesystem::remove(place_.path() / name);
        std::ofstream(place_.path() / name, std::ios::binary) << content;
        return place_.path() / name;
    }

    // As if it had been written so many minutes ago.
    static void age(const std::filesystem::path& path, int minutes) {
        std::filesystem::last_write_time(
            path, std::filesystem::file_time_type::clock::now() - std::chrono::minutes(minutes));
    }

    snapshot::Snapshot read(const std::filesystem::path& path) {
        return snapshot::read_snapshot(path, progress_);
    }

    // The message of the Error that reading it throws; empty when it is read.
    std::string refusal(const std::filesystem::path& path) {
        try {
            read(path);
        } catch (const Error& error) {
            EXPECT_EQ(error.kind(), ErrorKind::snapshot);
            hints_ = error.hints();
            const std::string prefix = "cannot use " + path.string() + ": ";
            EXPECT_TRUE(error.message().starts_with(prefix)) << error.message();
            return error.message().substr(std::min(prefix.size(), error.message().size()));
        }
        return "";
    }

    TempDir place_{default_temp_folder(),
                   "rehearse-test-" + std::to_string(getpid()) + "-" +
                       testing::UnitTest::GetInstance()->current_test_info()->name()};
    NotedProgress progress_;
    std::vector<std::string> hints_;
};

}  // namespace rehearse::test
