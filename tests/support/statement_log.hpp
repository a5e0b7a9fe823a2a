#pragma once

#include "support/local_postgres.hpp"

#include <string>
#include <vector>

namespace rehearse::test {

// What clients of one database send, read from the server's own log: also what it cannot parse.
// Only for a database that nobody else uses, on a server that nobody else asks meanwhile.
class StatementLog {
  public:
    // Has the database's new sessions logged from now on.
    StatementLog(LocalPostgres& server, const std::string& database);

    // Since this was made, or called last; in the order in which they came.
    std::vector<std::string> take();

  private:
    LocalPostgres& server_;
    std::size_t passed_ = 0;  // bytes of the log
};

}  // namespace rehearse::test
