#pragma once

#include "rehearse/pg/admin_session.hpp"
#include "rehearse/snapshot/snapshot.hpp"

#include <string>
#include <utility>
#include <vector>

namespace rehearse::restore {

// What CREATE DATABASE of production says and a scratch can follow: name, encoding and locale.
// Owner and settings come apart; a tablespace is production's own.
struct DatabaseDefinition {
    std::string name;
    // In their order, spelled as CREATE DATABASE wants them: {"ENCODING", "'UTF8'"}.
    std::vector<std::pair<std::string, std::string>> options;
};

DatabaseDefinition parse_create_database(std::string_view sql);
// From the archive's DATABASE entry or the plain dump's text; without either "rehearse", with the
// text's encoding.
DatabaseDefinition definition_for(const snapshot::Snapshot& snapshot);

// Without the options that a server of this version does not know: pg_dump writes those of its own
// version, which may be newer.
DatabaseDefinition for_server(DatabaseDefinition definition, pg::ServerVersion server);

std::string create_statement(const DatabaseDefinition& definition);
// The same database in a locale that every server has.
DatabaseDefinition with_locale(const DatabaseDefinition& definition, const std::string& locale);

// ALTER DATABASE ... SET and ALTER ROLE ... IN DATABASE ... SET.
std::vector<std::string> settings_of(const snapshot::Snapshot& snapshot);

// What the client tools give as their database: a connection string that switches off what the
// database's own settings could put in the way of a restore (read-only transactions, timeouts,
// another role, libraries that this server lacks).
std::string connection_to(const std::string& database, pg::ServerVersion server);

// Owner, grants and comment of the database itself.
std::vector<std::string> statements_about_database(const snapshot::Snapshot& snapshot);

// Creates it, in another locale if the server does not have production's; that goes to `remarks`.
// Throws Error(snapshot).
void create_database(const DatabaseDefinition& definition, pg::AdminSession& session,
                     std::vector<std::string>& remarks);

}  // namespace rehearse::restore
