#include "gap_histogram.hpp"

#include <algorithm>
#include <cmath>

namespace rehearse::observe {

namespace {

constexpr double kGrowth = 1.05;
constexpr double kSmallestMillis = 0.001;

}  // namespace

void GapHistogram::add(Millis gap) {
    const double buckets = std::log(gap.count() / kSmallestMillis) / std::log(kGrowth);
    const double bucket = std::clamp(std::ceil(buckets), 0.0, static_cast<double>(kBuckets - 1));
    ++counts_[gap.count() > kSmallestMillis ? static_cast<std::size_t>(bucket) : 0];
    ++total_;
    longest_ = std::max(longest_, gap);
}

Millis GapHistogram::percentile(double share) const {
    if (total_ == 0) return {};
    const double wanted = share * static_cast<double>(total_);
    std::uint64_t passed = 0;
    for (std::size_t i = 0; i < kBuckets; ++i) {
        passed += counts_[i];
        if (passed > 0 && static_cast<double>(passed) >= wanted) {
            const Millis upper{kSmallestMillis * std::pow(kGrowth, static_cast<double>(i))};
            return std::min(upper, longest_);
        }
    }
    return longest_;
}

}  // namespace rehearse::observe
