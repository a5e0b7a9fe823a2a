#pragma once

#include "rehearse/pg/performer_session.hpp"

#include <string>

namespace rehearse::verdict {

// The server's message as far as it cannot hold row values; empty where it may hold anything.
std::string public_message(const pg::ServerError& error);

}  // namespace rehearse::verdict
