#pragma once

#include "rehearse/base/time.hpp"

#include <array>
#include <cstdint>

namespace rehearse::observe {

// Spans by their logarithm, so that a two-hour run takes as little memory as a short one. A
// percentile is right to 5 % (the width of a bucket), between 1 microsecond and 15 minutes.
class GapHistogram {
  public:
    void add(Millis gap);
    // The upper end of the bucket that holds the given share (0 to 1) of the gaps; 0 for none.
    Millis percentile(double share) const;
    Millis longest() const { return longest_; }

  private:
    static constexpr std::size_t kBuckets = 424;
    std::array<std::uint64_t, kBuckets> counts_{};
    std::uint64_t total_ = 0;
    Millis longest_{};
};

}  // namespace rehearse::observe
