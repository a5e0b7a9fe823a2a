#pragma once

#include "history.hpp"

#include <string_view>
#include <vector>

namespace rehearse::migrations {

struct KnownHistory {
    std::string_view tool;
    HistoryShape shape;
};

// The history tables by which a snapshot tells whose migrations it has had, also those of tools
// that we do not replay.
const std::vector<KnownHistory>& known_histories();

// Of a tool in that list.
const HistoryShape& shape_of(std::string_view tool);

}  // namespace rehearse::migrations
