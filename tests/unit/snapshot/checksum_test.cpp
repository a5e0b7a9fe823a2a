#include "rehearse/process/process.hpp"

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

TEST_F(Checksums, OfNothingIsAnError) {
    Snapshot snapshot;
    snapshot.path = place_.path() / "gone.dump";
    EXPECT_THROW(sha256_of(snapshot, *runner_), Error);
}

}  // namespace
}  // namespace rehearse::snapshot
