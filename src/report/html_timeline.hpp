#pragma once

#include "rehearse/report/report.hpp"

#include "report/timeline.hpp"

#include <string>

namespace rehearse::report {

// The axis of a migration with its statements and the locks on each relation, as HTML: a row each,
// drawn in per cent of the width, that opens to its exact numbers. Empty where nothing ran.
std::string html_timeline(const MigrationPart& migration, const HtmlStyle& style,
                          const TimelineLimits& limits);

// What the colours mean, once for the page.
std::string html_legend();

}  // namespace rehearse::report
