#pragma once

#include <map>
#include <string>

namespace rehearse::pg {

// Where production is, as the user says it: a URL or a key=value string of libpq. What it leaves
// out comes from the PG... variables, the service file and ~/.pgpass, as in psql.
class ProductionAddress {
  public:
    // Throws Error(usage) that repeats nothing of the text: a password that was not encoded may be
    // in any part of it.
    static ProductionAddress parse(const std::string& text);

    // key=value without the password, for an argument list. Its sessions are named "rehearse
    // snapshot" and cannot write unless they ask for it.
    std::string without_password() const;
    // For PGPASSWORD; empty where the text has none.
    const std::string& password() const { return password_; }
    // The server that answered, of several under a name or in a list: every session has to go
    // there. `numeric` is its address as numbers, empty for a socket; the name stays for its
    // certificate and ~/.pgpass.
    void pin_to(const std::string& host, const std::string& numeric, const std::string& port);

  private:
    std::map<std::string, std::string> parameters_;
    std::string password_;
};

// A value of a key=value string.
std::string quoted_for_libpq(const std::string& value);

}  // namespace rehearse::pg
