#pragma once

#include "rehearse/base/progress.hpp"
#include "rehearse/snapshot/snapshot.hpp"

#include "snapshot/file.hpp"

#include <memory>
#include <optional>

namespace rehearse::snapshot {

// What the first lines of a plain dump tell.
struct PlainHead {
    Compression compression = Compression::none;
    std::optional<WallClock::time_point> started_on;  // written by pg_dump --verbose only
};

// Throws Unusable for a dump of a whole cluster and for what pg_dump did not write.
PlainHead read_plain_head(const std::shared_ptr<const File>& file);

// Reads the whole text once: roles, extensions, versions, sizes, and that pg_dump's last line is
// there. Throws Unusable.
void survey_plain(const std::shared_ptr<const File>& file, Snapshot& snapshot, Progress& progress);

}  // namespace rehearse::snapshot
