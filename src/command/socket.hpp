#pragma once

#include "rehearse/base/fd.hpp"
#include "rehearse/pg/types.hpp"

namespace rehearse::command {

using Socket = Fd;

// Throws Error(internal).
Socket listen_on_loopback();
int port_of(const Socket& listening);
// Not open when nobody is there to take it.
Socket accept_from(const Socket& listening);
// The server's unix socket or port; not open when it does not answer.
Socket connect_to(const pg::ConnInfo& server);

}  // namespace rehearse::command
