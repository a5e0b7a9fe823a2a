#include "rehearse/history/trend.hpp"

#include <algorithm>
#include <cmath>
#include <map>

namespace rehearse::history {

namespace {

double median(std::vector<double> values) {
    const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
    std::nth_element(values.begin(), middle, values.end());
    if (values.size() % 2 == 1) return *middle;
    return (*middle + *std::max_element(values.begin(), middle)) / 2;
}

std::vector<Sample> one_for_each_x(const std::vector<Sample>& samples) {
    std::map<double, std::vector<double>> by_x;
    for (const auto& sample : samples) by_x[sample.x].push_back(sample.y);
    std::vector<Sample> merged;
    for (const auto& [x, values] : by_x) merged.push_back({x, median(values)});
    return merged;
}

// Of all pairs, sorted.
std::vector<double> slopes_of(const std::vector<Sample>& samples) {
    std::vector<double> slopes;
    for (std::size_t i = 0; i < samples.size(); ++i) {
        for (std::size_t j = i + 1; j < samples.size(); ++j) {
            slopes.push_back((samples[j].y - samples[i].y) / (samples[j].x - samples[i].x));
        }
    }
    std::sort(slopes.begin(), slopes.end());
    return slopes;
}

// How many slopes are left out at each end: Sen 1968, from the variance of Kendall's S among
// samples without a trend.
std::size_t left_out(std::size_t samples, std::size_t slopes) {
    constexpr double kZ = 1.645;  // 90 % of a normal distribution
    const auto n = static_cast<double>(samples);
    const double deviation = std::sqrt(n * (n - 1) * (2 * n + 5) / 18);
    const double rank = (static_cast<double>(slopes) - kZ * deviation) / 2;
    return rank < 1 ? 0 : static_cast<std::size_t>(rank) - 1;
}

Straight through(const std::vector<Sample>& samples, double slope) {
    std::vector<double> intercepts;
    for (const auto& sample : samples) intercepts.push_back(sample.y - slope * sample.x);
    return {slope, median(std::move(intercepts))};
}

}  // namespace

std::optional<Line> robust_line(const std::vector<Sample>& samples) {
    const auto merged = one_for_each_x(samples);
    if (merged.size() < 3) return std::nullopt;
    const auto slopes = slopes_of(merged);
    const auto outside = left_out(merged.size(), slopes.size());
    return Line{through(merged, median(slopes)), through(merged, slopes[outside]),
                through(merged, slopes[slopes.size() - 1 - outside]), merged.size()};
}

}  // namespace rehearse::history
