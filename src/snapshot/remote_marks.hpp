#pragma once

#include "snapshot/rclone.hpp"

#include <chrono>
#include <string>

namespace rehearse::snapshot {

// A folder of a remote place with NAME/.writer and without a manifest is a bundle that is still
// being written or was not wholly removed. Nobody there holds a lock: longer than any take is how
// an abandoned one is told.
constexpr auto kUploadAbandonedAfter = std::chrono::days(7);

// `what` is for the message of a failure.
void mark_as_unfinished(Rclone& rclone, const std::string& name, const std::string& what);
// First its manifest goes: a half removed bundle is none. Its mark goes last.
void remove_marked(Rclone& rclone, const std::string& name);

}  // namespace rehearse::snapshot
