#pragma once

#include "rehearse/base/time.hpp"

#include <string>

namespace rehearse::observe {

// What the performer's session was set to when a statement began: by the server's configuration,
// ALTER DATABASE, ALTER ROLE, ALTER ROLE IN DATABASE or the migration itself. The timeouts are
// those that production would have enforced; 0 is none.
struct SessionSettings {
    Millis lock_timeout{};
    Millis statement_timeout{};
    std::string search_path;
    std::string role;  // current_user: of SET ROLE, else of the session
    bool operator==(const SessionSettings&) const = default;
};

}  // namespace rehearse::observe
