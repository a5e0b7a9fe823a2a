#pragma once

#include "rehearse/publish/http_client.hpp"

#include <optional>

namespace rehearse::publish {

// Why an answer is not the last word.
enum class Trouble { none, connection, server, rate_limit };
Trouble trouble_of(const Response& response);

// How long the server asks to stay away: Retry-After in seconds or as a date, or until the limit's
// window ends. nullopt where it does not say.
std::optional<Millis> asked_pause(const Response& response, WallClock::time_point now);

// Before try number `tried` + 1, where the server does not say. `random` spreads those who failed
// together.
Millis own_pause(Trouble trouble, int tried, double random);

}  // namespace rehearse::publish
