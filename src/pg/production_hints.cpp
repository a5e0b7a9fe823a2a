#include "rehearse/pg/production_session.hpp"

#include <array>

namespace rehearse::pg {

namespace {

struct Advice {
    std::string_view said;  // by PostgreSQL in English
    std::array<const char*, 2> hints;
};

constexpr std::array kAdvice{
    Advice{"no password supplied",
           {"Put the password into PGPASSWORD or ~/.pgpass (chmod 0600).", nullptr}},
    Advice{"password authentication failed",
           {"Look at the user and the password: PGPASSWORD wins over ~/.pgpass.",
            "In a URL special characters are encoded: @ is %40, / is %2F."}},
    Advice{"no pg_hba.conf entry",
           {"Have pg_hba.conf let this user in from here, or run it on a host that is let in.",
            "A server that asks for TLS needs ?sslmode=require at the end of the URL."}},
    Advice{"could not translate host name", {"Look at the host in --from.", nullptr}},
    Advice{"Connection refused", {"Look at the host and the port in --from.", nullptr}},
    Advice{"No such file or directory",
           {"Name the host in --from; without one the socket of a local server is used.", nullptr}},
    Advice{
        "timeout expired",
        {"Look at the host and the port in --from, and at what keeps packets from it.", nullptr}},
    Advice{"FATAL:  role \"", {"Look at the user in --from.", nullptr}},
    Advice{"FATAL:  database \"", {"Look at the database in --from.", nullptr}},
    Advice{"unsupported startup parameter",
           {"Connect to PostgreSQL itself and not to a pooler: pg_dump needs a session of its own.",
            nullptr}},
    Advice{"conflict with recovery",
           {"The replica cancelled the dump to go on with its replay: set "
            "max_standby_streaming_delay = -1 there for as long as the dump takes.",
            "Or set hot_standby_feedback = on there, so that the primary keeps the rows."}},
    Advice{
        "hot standby",
        {"Set hot_standby = on on the replica, or take the snapshot from the primary.", nullptr}},
    // Of pg_dump's workers, which do not wait (LOCK TABLE ... NOWAIT).
    Advice{"could not obtain lock on relation",
           {"A migration wanted the table while the dump ran: take the snapshot when none runs, "
            "from a replica, or with --jobs 1.",
            nullptr}},
    Advice{"invalid snapshot identifier",
           {"All of pg_dump's connections must reach one server: name one replica, or --jobs 1.",
            nullptr}},
    Advice{"out of shared memory",
           {"Have max_locks_per_transaction raised there: pg_dump locks every table.", nullptr}},
    Advice{"lock timeout",
           {"Somebody holds a strong lock, such as a running migration: take the snapshot later, "
            "or wait longer with --lock-wait-timeout 5min.",
            nullptr}},
    Advice{"statement timeout",
           {"Give the role more time: ALTER ROLE ... SET statement_timeout = 0.", nullptr}},
    Advice{"row-level security",
           {"Give the role what sees all rows: ALTER ROLE ... BYPASSRLS.", nullptr}},
    Advice{"permission denied for database",
           {"Let the role in: GRANT CONNECT ON DATABASE ... TO ...", nullptr}},
    Advice{"permission denied",
           {"Let the role read everything: GRANT pg_read_all_data, pg_monitor TO ...", nullptr}},
    Advice{"too many clients", {"Take the snapshot with fewer connections: --jobs 1.", nullptr}},
    Advice{"remaining connection slots",
           {"Take the snapshot with fewer connections: --jobs 1.", nullptr}},
    Advice{"too many connections for role",
           {"Take the snapshot with fewer connections: --jobs 1.", nullptr}},
    Advice{"No space left on device",
           {"Make room there, or give another folder with --to.", nullptr}},
    Advice{"server closed the connection",
           {"Look at the server's log, and at what cuts long connections in between.", nullptr}},
    Advice{"terminating connection",
           {"Somebody ended the session, or the server was stopped: look at its log.", nullptr}},
};

}  // namespace

std::vector<std::string> hints_about_production(std::string_view message) {
    std::vector<std::string> hints;
    for (const Advice& advice : kAdvice) {
        if (message.find(advice.said) == std::string_view::npos) continue;
        for (const char* hint : advice.hints) {
            if (hint != nullptr) hints.emplace_back(hint);
        }
        break;
    }
    return hints;
}

}  // namespace rehearse::pg
