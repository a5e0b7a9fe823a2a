#pragma once

#include "rehearse/pg/types.hpp"

#include <chrono>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace rehearse::pg {

struct AvailableExtension {
    std::string name;
    std::string default_version;
    std::vector<std::string> versions;
};

// Everything that prepares and questions the scratch outside the replay. Owns one libpqxx
// connection; never leaves its thread. Server errors come as Error(scratch) unless said otherwise.
class AdminSession {
  public:
    // Throws Error(scratch) when the server does not answer.
    explicit AdminSession(const ConnInfo& where);
    AdminSession(AdminSession&&) noexcept;
    ~AdminSession();

    ServerVersion server_version() const;
    // current_setting('rehearse.run', true): the marker that only a scratch of ours carries; empty
    // elsewhere.
    std::string marker() const;
    // pg_settings.setting of the named parameters that this server knows.
    std::map<std::string, std::string> settings(const std::vector<std::string>& names) const;

    std::vector<std::string> role_names() const;
    void create_nologin_role(const std::string& name);
    std::vector<AvailableExtension> available_extensions() const;
    bool database_exists(const std::string& name) const;
    // Runs a statement made by pg_dump (CREATE DATABASE, ALTER DATABASE ... SET). Returns the
    // server's message on failure.
    std::optional<std::string> try_statement(const std::string& sql);

    struct RelationCount {
        std::int64_t tables = 0;  // relkind r, p, m outside the system schemas
        std::int64_t indexes = 0;
        std::int64_t bytes = 0;  // pg_database_size
    };
    RelationCount relation_count() const;
    // VACUUM (ANALYZE) of the whole database, on this one connection.
    void vacuum_analyze();
    void checkpoint();

    // Who connects over the unix socket needs this password of the role that this session is from
    // now on; the server reads that rule in a moment of its own.
    void require_password(const std::string& password);
    // Has the server log everything that sessions of this role in this database run from now on,
    // whatever the database's own settings say. Without `enforce_timeouts`, lock_timeout and
    // statement_timeout are off in them until they set their own; with it they are 5 s and 60 s.
    void log_every_statement(const std::string& database, bool enforce_timeouts);
    // Takes that back.
    void stop_logging_statements(const std::string& database);
    // The server's clock now, by which its log counts.
    std::chrono::system_clock::time_point server_time() const;
    // A line in the server's log.
    void write_to_log(const std::string& text);
    // Bytes of a file of the server, by its path in the data folder, from `offset` on.
    std::string read_server_file(const std::string& path, std::uint64_t offset,
                                 std::uint64_t bytes) const;
    // Ends these sessions. True when all of them are gone.
    bool end_sessions(const std::vector<int>& pids);

    // Rows of a tool's history table as text; nullopt when the relation or a column is not there.
    // The names are quoted here.
    std::optional<std::vector<std::vector<std::optional<std::string>>>> read_history_table(
        const RelationName& table, const std::vector<std::string>& columns) const;
    // First column of a query that the user wrote (the plain folder's history query), as text,
    // NULLs left out. Throws Error(usage) when the server refuses it.
    std::vector<std::string> read_column(const std::string& query) const;
    // Schemas that hold a table of this name, current_schema() first.
    std::vector<RelationName> tables_named(const std::string& name) const;
    // Column name -> type name (format_type) of one table; empty when it is not there.
    std::map<std::string, std::string> columns_of(const RelationName& table) const;
    // Tables that are neither the server's nor an extension's, sorted, a hundred at most.
    std::vector<RelationName> user_tables() const;

  private:
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

// True when a real query is answered at this address and the marker there is `marker`. Never
// throws.
bool answers_with_marker(const ConnInfo& where, const std::string& marker,
                         std::string& why_not) noexcept;

}  // namespace rehearse::pg
