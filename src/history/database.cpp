#include "history/database.hpp"

#include "rehearse/base/error.hpp"
#include "rehearse/base/text.hpp"

#include <sqlite3.h>

namespace rehearse::history {

namespace {

// By SQLite's primary result codes (sqlite.org/rescode.html).
Error error_of(int code, const std::string& message, const fs::path& file) {
    const auto path = file.string();
    switch (code & 0xFF) {
        case SQLITE_NOTADB:
        case SQLITE_CORRUPT:
            return Error(ErrorKind::usage, "the history " + path + " is damaged: " + message,
                         {"Move it away, and the next run begins a new one: mv " +
                          quoted_for_shell(path) + " " + quoted_for_shell(path + ".damaged")});
        case SQLITE_BUSY:
        case SQLITE_LOCKED:
            return Error(
                ErrorKind::usage, "the history " + path + " is locked by another process",
                {"Try again when that has ended; 'fuser " + path + "' tells which it is."});
        case SQLITE_READONLY:
        case SQLITE_PERM:
        case SQLITE_AUTH:
            return Error(ErrorKind::usage, "cannot write to the history " + path + ": " + message,
                         {"Make the file and its folder writable for you, or give another folder "
                          "with --state."});
        case SQLITE_CANTOPEN:
            return Error(ErrorKind::usage, "cannot open the history " + path + ": " + message,
                         {"See that it is a file that you may read and write, or give another "
                          "folder with --state."});
        case SQLITE_FULL:
        case SQLITE_IOERR:
            return Error(ErrorKind::usage,
                         "cannot read or write the history " + path + ": " + message,
                         {"Make room on its disk, or give another folder with --state."});
        default:
            return Error(ErrorKind::internal, "the history " + path + ": " + message,
                         {"This is a fault of rehearse: please report it."});
    }
}

}  // namespace

void CloseDatabase::operator()(sqlite3* database) const noexcept {
    sqlite3_close(database);
}

void FinalizeStatement::operator()(sqlite3_stmt* statement) const noexcept {
    sqlite3_finalize(statement);
}

Database::Database(const fs::path& file, Millis patience) : file_(file) {
    sqlite3* handle = nullptr;
    const int code = sqlite3_open_v2(file.c_str(), &handle,
                                     SQLITE_OPEN_READWRITE | SQLITE_OPEN_EXRESCODE, nullptr);
    handle_.reset(handle);
    if (code != SQLITE_OK) throw error_of(code, sqlite3_errstr(code), file_);
    sqlite3_busy_timeout(handle, static_cast<int>(patience.count()));
    execute("PRAGMA foreign_keys = on");
}

void Database::fail() const {
    throw error_of(sqlite3_errcode(handle_.get()), sqlite3_errmsg(handle_.get()), file_);
}

void Database::execute(const std::string& sql) {
    if (sqlite3_exec(handle_.get(), sql.c_str(), nullptr, nullptr, nullptr) != SQLITE_OK) fail();
}

Statement Database::prepare(std::string_view sql) {
    sqlite3_stmt* handle = nullptr;
    const int code = sqlite3_prepare_v2(handle_.get(), sql.data(), static_cast<int>(sql.size()),
                                        &handle, nullptr);
    if (code != SQLITE_OK) fail();
    return {*this, handle};
}

std::int64_t Database::number(std::string_view sql) {
    auto statement = prepare(sql);
    statement.step();
    return statement.next_integer();
}

void Statement::check(int code) const {
    if (code != SQLITE_OK) database_->fail();
}

int Statement::index_of(const char* parameter) const {
    const int index = sqlite3_bind_parameter_index(handle_.get(), parameter);
    if (index == 0) {
        throw Error(ErrorKind::internal,
                    std::string{"no parameter "} + parameter + " in " + sqlite3_sql(handle_.get()));
    }
    return index;
}

Statement& Statement::bind(const char* parameter, std::string_view text) {
    check(sqlite3_bind_text(handle_.get(), index_of(parameter), text.empty() ? "" : text.data(),
                            static_cast<int>(text.size()), SQLITE_TRANSIENT));
    return *this;
}

Statement& Statement::bind(const char* parameter, double number) {
    check(sqlite3_bind_double(handle_.get(), index_of(parameter), number));
    return *this;
}

Statement& Statement::bind_integer(const char* parameter, std::int64_t number) {
    check(sqlite3_bind_int64(handle_.get(), index_of(parameter), number));
    return *this;
}

Statement& Statement::bind_or_null(const char* parameter, const std::optional<std::string>& text) {
    if (text) return bind(parameter, std::string_view{*text});
    check(sqlite3_bind_null(handle_.get(), index_of(parameter)));
    return *this;
}

bool Statement::step() {
    column_ = 0;
    const int code = sqlite3_step(handle_.get());
    if (code != SQLITE_ROW && code != SQLITE_DONE) database_->fail();
    return code == SQLITE_ROW;
}

void Statement::reset() {
    check(sqlite3_reset(handle_.get()));
}

std::string Statement::next_text() {
    const auto* text = sqlite3_column_text(handle_.get(), column_);
    const auto size = sqlite3_column_bytes(handle_.get(), column_++);
    return {reinterpret_cast<const char*>(text), static_cast<std::size_t>(size)};
}

double Statement::next_real() {
    return sqlite3_column_double(handle_.get(), column_++);
}

std::int64_t Statement::next_integer() {
    return sqlite3_column_int64(handle_.get(), column_++);
}

bool Statement::next_is_null() const {
    return sqlite3_column_type(handle_.get(), column_) == SQLITE_NULL;
}

Transaction::Transaction(Database& database, Kind kind) : database_(database) {
    database_.execute(kind == Kind::write ? "BEGIN IMMEDIATE" : "BEGIN");
}

// An error may have rolled it back already: then there is nothing left to roll back.
Transaction::~Transaction() {
    if (!open_) return;
    try {
        database_.execute("ROLLBACK");
    } catch (const Error&) {
        return;
    }
}

void Transaction::commit() {
    database_.execute("COMMIT");
    open_ = false;
}

}  // namespace rehearse::history
