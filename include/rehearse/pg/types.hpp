#pragma once

#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace rehearse::pg {

using Oid = std::uint32_t;

// How to reach a server. `host` is a folder (unix socket) or an address. Never printed with its
// password.
struct ConnInfo {
    std::string host;
    int port = 5432;
    std::string dbname = "postgres";
    std::string user = "postgres";
    std::string password;
    std::string application_name = "rehearse";
};

// Takes every PG... variable out of our environment (PostgreSQL manual, 34.15): libpq would obey
// them in every session, PGHOSTADDR to go to another server, PGTZ to make a migration do something
// else. Call it while there is one thread.
void forget_environment();

// As server_version_num counts: 150018 is 15.18.
struct ServerVersion {
    int number = 0;

    int major() const { return number / 10000; }
    std::string text() const;  // "15.18"
    // "15.18 (Debian 15.18-0+deb12u1)", "17beta1", "9.6.24": nullopt when it does not start with a
    // number.
    static std::optional<ServerVersion> parse(std::string_view text);
    auto operator<=>(const ServerVersion&) const = default;
};

// PostgreSQL manual, 13.3.1 "Table-Level Locks", weakest first; spelled as pg_locks.mode spells
// them.
enum class LockMode {
    access_share,
    row_share,
    row_exclusive,
    share_update_exclusive,
    share,
    share_row_exclusive,
    exclusive,
    access_exclusive,
};

inline constexpr int kLockModeCount = 8;

std::string_view to_string(LockMode mode);  // "AccessExclusiveLock"
std::optional<LockMode> lock_mode_from(
    std::string_view name);              // accepts exactly pg_locks' spelling
bool conflicts(LockMode a, LockMode b);  // table 13.2
bool blocks_reads(LockMode mode);        // conflicts with SELECT's AccessShareLock
bool blocks_writes(LockMode mode);       // conflicts with INSERT/UPDATE/DELETE's RowExclusiveLock

struct RelationName {
    std::string schema;  // empty where the text did not say
    std::string name;

    std::string text()
        const;  // "audit_log" in schema public, else "billing.invoices"; quoted where needed
    auto operator<=>(const RelationName&) const = default;
};

// Five characters; PostgreSQL manual, appendix A.
struct SqlState {
    std::string code;

    bool is(std::string_view other) const { return code == other; }
    auto operator<=>(const SqlState&) const = default;
};

}  // namespace rehearse::pg
