#include "history/schema.hpp"

#include "rehearse/base/error.hpp"
#include "rehearse/base/text.hpp"

#include "support/folder_fixture.hpp"

#include <gmock/gmock.h>

#include <array>
#include <fstream>
#include <thread>

namespace rehearse::history {
namespace {

using testing::HasSubstr;

constexpr std::string_view kFirst = "CREATE TABLE a (x integer);";
constexpr std::string_view kSecond = "ALTER TABLE a ADD COLUMN y integer DEFAULT 7;";
constexpr std::array kOne{kFirst};
constexpr std::array kTwo{kFirst, kSecond};
constexpr std::array kBroken{kFirst, kSecond, std::string_view{"DELETE FROM a; nonsense;"}};

class Schema : public test::FolderFixture {
  protected:
    Database open() const { return {write_once(), std::chrono::seconds(10)}; }
    static std::int64_t version_of(Database& database) {
        return database.number("PRAGMA user_version");
    }
    fs::path file() const { return parent() / "history.sqlite"; }

  private:
    // SQLite takes an empty file for a database without tables.
    fs::path write_once() const {
        std::ofstream(file(), std::ios::app).flush();
        return file();
    }
};

TEST_F(Schema, AnOlderFileGoesForwardAndKeepsItsRows) {
    {
        auto database = open();
        bring_up_to_date(database, kOne);
        EXPECT_EQ(version_of(database), 1);
        database.execute("INSERT INTO a VALUES (1), (2)");
    }
    auto database = open();
    bring_up_to_date(database, kTwo);
    EXPECT_EQ(version_of(database), 2);
    EXPECT_EQ(database.number("SELECT sum(x * y) FROM a"), 21);
    // Nothing is done twice.
    bring_up_to_date(database, kTwo);
    EXPECT_EQ(version_of(database), 2);
}

TEST_F(Schema, AStepThatFailsLeavesTheFileAsItWas) {
    auto database = open();
    bring_up_to_date(database, kOne);
    database.execute("INSERT INTO a VALUES (1)");
    EXPECT_THROW(bring_up_to_date(database, kBroken), Error);
    EXPECT_EQ(version_of(database), 1);
    EXPECT_EQ(database.number("SELECT count(*) FROM a"), 1);
    EXPECT_THROW(database.number("SELECT y FROM a"), Error);
}

TEST_F(Schema, ANewerFileIsLeftAsItIs) {
    auto database = open();
    bring_up_to_date(database, kTwo);
    try {
        bring_up_to_date(database, kOne);
        FAIL();
    } catch (const Error& error) {
        EXPECT_THAT(error.message(), HasSubstr("newer rehearse (schema 2, this one knows 1)"));
        EXPECT_FALSE(error.hints().empty());
    }
    EXPECT_EQ(version_of(database), 2);
}

TEST_F(Schema, AFileOfAnotherProgramIsLeftAsItIs) {
    auto database = open();
    database.execute("CREATE TABLE bookmarks (url text)");
    try {
        bring_up_to_date(database, kOne);
        FAIL();
    } catch (const Error& error) {
        EXPECT_THAT(error.message(), HasSubstr("is of another program"));
    }
    EXPECT_EQ(database.number("SELECT count(*) FROM sqlite_schema"), 1);
}

TEST_F(Schema, TwoAtOnceDoItOnce) {
    for (int round = 0; round < 20; ++round) {
        fs::remove(file());
        std::vector<std::thread> threads;
        std::array<std::string, 4> failures;
        for (auto& failure : failures) {
            threads.emplace_back([&] {
                try {
                    auto database = open();
                    bring_up_to_date(database, kTwo);
                } catch (const Error& error) {
                    failure = error.message();
                }
            });
        }
        for (auto& thread : threads) thread.join();
        for (const auto& failure : failures) EXPECT_EQ(failure, "");
    }
}

TEST_F(Schema, ATransactionThatIsNotCommittedIsRolledBack) {
    auto database = open();
    bring_up_to_date(database, kOne);
    {
        const Transaction transaction(database, Transaction::Kind::write);
        database.execute("INSERT INTO a VALUES (1)");
    }
    EXPECT_EQ(database.number("SELECT count(*) FROM a"), 0);
}

}  // namespace
}  // namespace rehearse::history
