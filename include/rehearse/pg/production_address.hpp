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
    // Of several hosts, the one that answered: every session has to go there.
    void pin_to(const std::string& host, const std::string& port);

  private:
    std::map<std::string, std::string> parameters_;
    std::string password_;
};

}  // namespace rehearse::pg
