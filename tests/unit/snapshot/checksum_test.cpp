#include "snapshot/checksum.hpp"

#include "rehearse/process/process.hpp"
#include "rehearse/snapshot/manifest.hpp"

#include "unit/snapshot/archive_writer.hpp"
#include "unit/snapshot/snapshot_files.hpp"

namespace rehearse::snapshot {
namespace {

class Checksums : public test::SnapshotFiles {
  protected:
    std::unique_ptr<process::ProcessRunner> runner_ = process::make_process_runner();
};

TEST_F(Checksums, OfAFile) {
    Snapshot snapshot;
    snapshot.format = Format::custom;
    snapshot.path = write("a b\nc.dump", "abc");
    // FIPS 180-2, appendix B.1.
    EXPECT_EQ(sha256_of(snapshot, *runner_),
              "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}

TEST_F(Checksums, OfADirectoryFollowEveryFile) {
    test::ArchiveWriter writer;
    writer.add_table_data("users", "1\n\\.\n\n\n");
    const auto folder = place_.path() / "shop.dir";
    writer.write_directory(folder);
    const auto snapshot = read(folder);
    const std::string before = sha256_of(snapshot, *runner_);
    EXPECT_EQ(before.size(), 64U);
    EXPECT_EQ(sha256_of(snapshot, *runner_), before);
    std::ofstream(folder / "1.dat") << "2\n\\.\n\n\n";
    EXPECT_NE(sha256_of(snapshot, *runner_), before);
    std::filesystem::rename(folder / "1.dat", folder / "2.dat");
    const std::string renamed = sha256_of(snapshot, *runner_);
    EXPECT_NE(renamed, before);
}

class NotedBytes final : public Progress {
  public:
    void begin(const std::string&) override {}
    void update(std::uint64_t done, std::optional<std::uint64_t> total, Unit,
                const std::string&) override {
        EXPECT_GE(done, done_);
        done_ = done;
        total_ = total.value();
    }
    void end(const std::string&) override {}
    void note(const std::string&) override {}
    void warn(const std::string&) override {}

    std::uint64_t done_ = 0;
    std::uint64_t total_ = 0;
};

// More than one call of sha256sum gets.
TEST_F(Checksums, OfManyFilesAreEachFilesOwn) {
    for (int i = 0; i < 1500; ++i) write(std::to_string(i), std::to_string(i));
    NotedBytes progress;
    const auto files = files_below(place_.path(), *runner_, &progress);
    ASSERT_EQ(files.size(), 1500U);
    for (std::size_t i = 0; i < files.size(); i += 100)
        EXPECT_EQ(files[i].sha256, sha256_of_text(files[i].path, *runner_)) << files[i].path;
    EXPECT_EQ(progress.done_, 10U + 90 * 2 + 900 * 3 + 500 * 4);
    EXPECT_EQ(progress.total_, progress.done_);
}

TEST_F(Checksums, OfNothingIsAnError) {
    Snapshot snapshot;
    snapshot.path = place_.path() / "gone.dump";
    EXPECT_THROW(sha256_of(snapshot, *runner_), Error);
}

}  // namespace
}  // namespace rehearse::snapshot
