#include "rehearse/base/files.hpp"

#include "rehearse/base/error.hpp"

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <fstream>

namespace rehearse {
namespace {

class Files : public testing::Test {
  protected:
    Files() : folder_(default_temp_folder(), "rehearse-files-test-" + std::to_string(getpid())) {}
    fs::path in_folder(const char* name) const { return folder_.path() / name; }

    TempDir folder_;
};

mode_t mode_of(const fs::path& path) {
    struct stat facts {};
    EXPECT_EQ(stat(path.c_str(), &facts), 0) << path;
    return facts.st_mode & 0777;
}

TEST_F(Files, AreWrittenWholeAndPrivate) {
    write_file_atomically(in_folder("report.json"), "old");
    write_file_atomically(in_folder("report.json"), "new");
    EXPECT_EQ(read_file(in_folder("report.json")), "new");
    EXPECT_EQ(mode_of(in_folder("report.json")), 0600);
    EXPECT_EQ(std::distance(fs::directory_iterator(folder_.path()), {}), 1)
        << "no temporary name stays";
}

TEST_F(Files, AWriteThatFailsLeavesNothing) {
    fs::create_directory(in_folder("taken"));
    EXPECT_THROW(write_file_atomically(in_folder("taken"), "x"), Error);
    EXPECT_EQ(std::distance(fs::directory_iterator(folder_.path()), {}), 1);
}

TEST_F(Files, AreMovedWholeAndPrivate) {
    const std::string content(200'000, 'x');
    const fs::path from = in_folder("from");
    const fs::path to = in_folder("to");
    std::ofstream(from) << content;
    write_file_atomically(to, "old");
    move_file_atomically(from, to);
    EXPECT_EQ(read_file(to), content);
    EXPECT_EQ(mode_of(to), 0600);
    EXPECT_FALSE(fs::exists(from));

    EXPECT_THROW(move_file_atomically(in_folder("missing"), to), Error);
    EXPECT_EQ(read_file(to), content);
    EXPECT_THROW(move_file_atomically(to, in_folder("nowhere") / "to"), Error);
    EXPECT_EQ(std::distance(fs::directory_iterator(folder_.path()), {}), 1);
}

TEST_F(Files, ReadingNamesThePathThatIsMissing) {
    try {
        read_file(in_folder("nowhere"));
        FAIL();
    } catch (const Error& error) {
        EXPECT_NE(error.message().find("nowhere"), std::string::npos);
        EXPECT_FALSE(error.hints().empty());
    }
}

TEST_F(Files, ReadingAFolderSaysThatItIsOne) {
    try {
        read_file(folder_.path());
        FAIL();
    } catch (const Error& error) {
        EXPECT_NE(error.message().find("is a folder"), std::string::npos);
        EXPECT_FALSE(error.hints().empty());
    }
}

TEST_F(Files, PrivateFoldersAreMadeWithTheirParents) {
    make_private_folder(in_folder("a") / "b" / "c");
    EXPECT_EQ(mode_of(in_folder("a") / "b"), 0700);
    EXPECT_NO_THROW(make_private_folder(in_folder("a") / "b" / "c"));
}

TEST_F(Files, TemporaryFoldersGoWithTheirObjectUnlessKept) {
    fs::path gone, kept;
    {
        TempDir first(folder_.path(), "gone");
        TempDir second(folder_.path(), "kept");
        gone = first.path();
        kept = second.path();
        EXPECT_EQ(mode_of(gone), 0700);
        fs::create_directories(gone / "deep/er");
        second.keep();
    }
    EXPECT_FALSE(fs::exists(gone));
    EXPECT_TRUE(fs::exists(kept));
}

TEST_F(Files, ALockIsHeldByOneAndFreeAfterwards) {
    {
        const auto first = FileLock::try_lock(in_folder("lock"));
        ASSERT_TRUE(first);
        EXPECT_FALSE(FileLock::try_lock(in_folder("lock")));
    }
    EXPECT_TRUE(FileLock::try_lock(in_folder("lock")));
}

TEST_F(Files, AFolderIsUsedByManyOrByOne) {
    using Use = FileLock::Use;
    const auto folder = in_folder("week");
    EXPECT_FALSE(FileLock::try_use(folder, Use::shared)) << "it is not there";
    fs::create_directory(folder);
    {
        const auto one = FileLock::try_use(folder, Use::shared);
        EXPECT_TRUE(one && FileLock::try_use(folder, Use::shared));
        EXPECT_FALSE(FileLock::try_use(folder, Use::exclusive));
    }
    auto alone = FileLock::try_use(folder, Use::exclusive);
    EXPECT_TRUE(alone && !FileLock::try_use(folder, Use::shared));
    alone->share();
    EXPECT_TRUE(FileLock::try_use(folder, Use::shared));
}

TEST_F(Files, FreeSpaceIsThatOfTheNearestFolderThatExists) {
    EXPECT_GT(free_bytes(in_folder("not/yet/there")), 0U);
}

}  // namespace
}  // namespace rehearse
