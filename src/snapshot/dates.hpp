#pragma once

#include "rehearse/base/time.hpp"

#include <optional>
#include <string_view>

namespace rehearse::snapshot {

// The date, and the time of day behind it if there is one, in a file name or a comment:
// "shop-2026-11-22.dump", "shop_20261122T031500.sql.gz", "2026-11-22 03:15:00". Taken as local time
// unless "UTC" or "Z" follows.
std::optional<WallClock::time_point> date_in(std::string_view text);

}  // namespace rehearse::snapshot
