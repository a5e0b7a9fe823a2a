#pragma once

#include "rehearse/base/files.hpp"
#include "rehearse/base/time.hpp"

#include <concepts>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

struct sqlite3;
struct sqlite3_stmt;

// The door to SQLite. Everything here throws Error(usage) that names the file and says what to do
// about it.
namespace rehearse::history {

struct CloseDatabase {
    void operator()(sqlite3* database) const noexcept;
};
struct FinalizeStatement {
    void operator()(sqlite3_stmt* statement) const noexcept;
};

class Statement;

// A connection to a file that is there. Where it may not be written to it can be read.
class Database {
  public:
    // `patience`: how long a statement waits for another process's lock.
    Database(const fs::path& file, Millis patience);

    // One statement or several, without parameters and results.
    void execute(const std::string& sql);
    Statement prepare(std::string_view sql);
    // The only column of the only row.
    std::int64_t number(std::string_view sql);

    const fs::path& file() const { return file_; }
    [[noreturn]] void fail() const;

  private:
    fs::path file_;
    std::unique_ptr<sqlite3, CloseDatabase> handle_;
};

class Statement {
  public:
    Statement(Database& database, sqlite3_stmt* handle) : database_(&database), handle_(handle) {}

    Statement& bind(const char* parameter, std::string_view text);
    Statement& bind(const char* parameter, double number);
    template <std::integral Integer>
    Statement& bind(const char* parameter, Integer number) {
        return bind_integer(parameter, static_cast<std::int64_t>(number));
    }
    Statement& bind_or_null(const char* parameter, const std::optional<std::string>& text);

    // The next row; false when there is none.
    bool step();
    // For other values.
    void reset();

    // The columns of a row, from the first to the last.
    std::string next_text();
    double next_real();
    std::int64_t next_integer();
    bool next_is_null() const;

  private:
    Statement& bind_integer(const char* parameter, std::int64_t number);
    int index_of(const char* parameter) const;
    void check(int code) const;

    Database* database_;
    std::unique_ptr<sqlite3_stmt, FinalizeStatement> handle_;
    int column_ = 0;
};

// Rolled back unless it is committed.
class Transaction {
  public:
    enum class Kind {
        read,   // what is read is of one moment
        write,  // takes the write lock at once (BEGIN IMMEDIATE), so that it cannot be refused
                // later
    };
    Transaction(Database& database, Kind kind);
    Transaction(const Transaction&) = delete;
    Transaction& operator=(const Transaction&) = delete;
    ~Transaction();
    void commit();

  private:
    Database& database_;
    bool open_ = true;
};

}  // namespace rehearse::history
