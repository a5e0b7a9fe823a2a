#include "rehearse/base/error.hpp"
#include "rehearse/base/text.hpp"
#include "rehearse/history/store.hpp"

#include "history/database.hpp"
#include "samples.hpp"
#include "support/as_user.hpp"
#include "support/folder_fixture.hpp"

#include <gmock/gmock.h>

#include <optional>

namespace rehearse::history {
namespace {

using Access = HistoryStore::Access;
using test::AsUser;
using testing::HasSubstr;

constexpr Millis kShort = std::chrono::milliseconds(50);

class Faults : public test::FolderFixture {
  protected:
    Faults() {
        HistoryStore(file(), Access::read_or_write).record(report(1), "/runs/1");
        before_ = read_file(file());
    }

    fs::path folder_of_state() const { return parent() / "state"; }
    fs::path file() const { return history_file(folder_of_state()); }
    static report::Report report(int week) {
        return samples::weekly(week, {samples::migration("1", "a", "ok", 1)});
    }

    // Both ways to the file end in the same Error, and the file is as it was.
    void expect_refused(const std::string& message, const std::string& hint) const {
        const auto content = read_file(file());
        expect_error(message, hint, [&] {
            HistoryStore(file(), Access::read_or_write, kShort).record(report(2), "/runs/2");
        });
        expect_error(message, hint, [&] {
            const HistoryStore store(file(), Access::read, kShort);
            store.runs(10);
        });
        EXPECT_EQ(read_file(file()), content);
    }

    template <typename Action>
    static void expect_error(const std::string& message, const std::string& hint, Action act) {
        try {
            act();
            FAIL() << "went well";
        } catch (const Error& error) {
            EXPECT_EQ(error.kind(), ErrorKind::usage);
            EXPECT_THAT(error.message(), HasSubstr(message));
            EXPECT_THAT(join(error.hints(), "\n"), HasSubstr(hint));
        }
    }

    std::string before_;
};

TEST_F(Faults, AFileThatIsNoDatabase) {
    write_file_atomically(file(), std::string(8'192, 'x'));
    expect_refused("history.sqlite is damaged: ", "mv " + file().string());
}

TEST_F(Faults, TheHintCanBePastedIntoAShell) {
    const auto folder = parent() / "Anna's runs";
    make_private_folder(folder);
    write_file_atomically(history_file(folder), std::string(8'192, 'x'));
    const auto word = "'" + (parent() / "Anna'\\''s runs/history.sqlite").string();
    expect_error("is damaged: ", "mv " + word + "' " + word + ".damaged'",
                 [&] { HistoryStore(history_file(folder), Access::read, kShort); });
}

TEST_F(Faults, AFileWithDamagedPages) {
    auto content = before_;
    ASSERT_GT(content.size(), 8'192U);
    std::fill(content.begin() + 4'096, content.end(), 'x');
    write_file_atomically(file(), content);
    expect_refused("history.sqlite is damaged: ", "mv " + file().string());
}

TEST_F(Faults, AFileThatIsCutOff) {
    write_file_atomically(file(), before_.substr(0, 4'096));
    expect_refused("history.sqlite is damaged: ", "mv " + file().string());
}

TEST_F(Faults, AFileOfANewerRehearse) {
    Database(file(), kShort).execute("PRAGMA user_version = 99");
    expect_refused("of a newer rehearse (schema 99", "Use the newer rehearse");
}

TEST_F(Faults, AFileOfAnotherProgram) {
    Database(file(), kShort).execute("PRAGMA application_id = 1");
    expect_refused("is of another program", "Move it away");
}

TEST_F(Faults, AFolderInItsPlace) {
    fs::remove(file());
    fs::create_directory(file());
    expect_error("cannot open the history ", "--state",
                 [&] { HistoryStore(file(), Access::read_or_write, kShort); });
}

TEST_F(Faults, ALockThatIsHeldTooLong) {
    std::optional<Database> other(std::in_place, file(), kShort);
    other->execute("BEGIN EXCLUSIVE");
    expect_refused("is locked by another process", "Try again");
    other.reset();
    EXPECT_NO_THROW(HistoryStore(file(), Access::read, kShort).runs(10));
}

TEST_F(Faults, AWriterIsNotInTheWayOfReaders) {
    Database other(file(), kShort);
    other.execute("BEGIN IMMEDIATE");
    EXPECT_EQ(HistoryStore(file(), Access::read, kShort).runs(10).size(), 1U);
    expect_error("is locked by another process", "Try again", [&] {
        HistoryStore(file(), Access::read_or_write, kShort).record(report(2), "/runs/2");
    });
}

TEST_F(Faults, AFileThatMayOnlyBeRead) {
    fs::permissions(parent(), fs::perms{0755});
    fs::permissions(folder_of_state(), fs::perms{0555});
    fs::permissions(file(), fs::perms{0444});
    const AsUser user;
    EXPECT_EQ(HistoryStore(file(), Access::read).runs(10).size(), 1U);
    expect_error("cannot write to the history ", "Make the file and its folder writable",
                 [&] { HistoryStore(file(), Access::read_or_write).record(report(2), "/runs/2"); });
}

TEST_F(Faults, AFileThatMayNotBeRead) {
    fs::permissions(parent(), fs::perms{0755});
    fs::permissions(folder_of_state(), fs::perms{0555});
    fs::permissions(file(), fs::perms{0000});
    const AsUser user;
    expect_error("cannot open the history ", "--state",
                 [&] { HistoryStore(file(), Access::read).runs(10); });
}

TEST_F(Faults, AFolderThatMayNotBeWrittenTo) {
    fs::permissions(parent(), fs::perms{0755});
    fs::remove(file());
    fs::permissions(folder_of_state(), fs::perms{0555});
    const AsUser user;
    expect_error("cannot make the history ", "--state",
                 [&] { HistoryStore(file(), Access::read_or_write); });
}

TEST_F(Faults, NoFileToRead) {
    fs::remove(file());
    expect_error("there is no history ", "Rehearse first",
                 [&] { HistoryStore(file(), Access::read); });
}

}  // namespace
}  // namespace rehearse::history
