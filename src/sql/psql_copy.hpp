#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace rehearse::sql {

// \copy ... from, as psql understands it.
struct ClientCopy {
    std::string statement;  // COPY ... FROM STDIN with its options: what the server gets
    // Empty: the rows stand in the script.
    std::string file;
    bool is_binary = false;
};

// `arguments` is the rest of the line. What psql would refuse, and what is not a copy from a file
// or from the script, is a PsqlFault; its offset counts from the arguments' beginning.
ClientCopy client_copy(std::string_view arguments);

}  // namespace rehearse::sql
