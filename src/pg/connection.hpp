#pragma once

#include "rehearse/pg/types.hpp"

#include "queries.hpp"

#include <pqxx/pqxx>

#include <set>
#include <string>
#include <string_view>

namespace rehearse::pg {

// A libpq connection string. `options` are server parameters as postgres' -c takes them, at least
// one: libpq would put the user's PGOPTIONS where there is none.
std::string connection_string(const ConnInfo& where, const std::string& application_name,
                              const std::string& options, int connect_timeout_seconds = 10);

// The query itself out of a file that is a PREPARE statement.
std::string_view body_of(const queries::Query& query);

// One libpqxx connection that runs the query files. A server error comes as Error(scratch) that
// says what was asked.
class Connection {
  public:
    explicit Connection(const std::string& connection_string);

    // A file without parameters.
    pqxx::result run(const queries::Query& query);
    // A file with parameters: prepared at its first use. `arguments` are SQL literals.
    pqxx::result run(const queries::Query& query, const std::string& arguments);
    pqxx::result run_text(const std::string& sql, const std::string& what);
    // Returns the server's message instead of throwing it. A lost connection is thrown.
    std::optional<std::string> try_text(const std::string& sql);

    int socket() const { return connection_.sock(); }
    bool is_open() const { return connection_.is_open(); }

  private:
    pqxx::connection connection_;
    std::set<std::string_view> prepared_;
};

// '{1,2,3}' for a parameter of type oid[].
std::string oid_array(const std::vector<Oid>& oids);

}  // namespace rehearse::pg
