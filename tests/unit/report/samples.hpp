#pragma once

#include "rehearse/report/report.hpp"

// Reports as runs leave them: the observations are made by hand, the rest is the product's own way
// from observations to a report.
namespace rehearse::report::samples {

// One of each label, findings of each severity, one of them silenced.
Report demo();
// The everyday case: one small migration on a branch.
Report one_ok();
// A branch that adds the last 40 of `count`, the others are catch-up; every seventh of the branch
// is noisy.
Report many(std::size_t count);
// Names, messages and SQL that try to break out of their place.
Report hostile();
Report nothing_pending();

}  // namespace rehearse::report::samples
