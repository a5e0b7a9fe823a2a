#include "rehearse/base/size.hpp"

#include "rehearse/base/text.hpp"

#include <array>
#include <charconv>
#include <cmath>
#include <cstdio>

namespace rehearse {

namespace {

std::string scaled(double value, double step, const std::array<const char*, 6>& units,
                   const char* gap) {
    std::size_t unit = 0;
    while (value >= step * 0.9995 && unit + 1 < units.size()) {
        value /= step;
        ++unit;
    }
    std::array<char, 64> buffer{};
    const char* format = unit == 0 || value >= 99.95 ? "%.0f" : "%.1f";
    const int length = std::snprintf(buffer.data(), buffer.size(), format, value);
    std::string text{buffer.data(), static_cast<std::size_t>(length)};
    if (*units[unit] != '\0') text += std::string{gap} + units[unit];
    return text;
}

}  // namespace

std::optional<std::uint64_t> parse_size(std::string_view text) {
    text = trimmed(text);
    double value = 0;
    const auto [rest, failure] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (failure != std::errc{} || value < 0 || !std::isfinite(value)) return std::nullopt;
    std::string unit =
        lower_cased(trimmed(text.substr(static_cast<std::size_t>(rest - text.data()))));
    if (!unit.empty() && unit.back() == 'b') unit.pop_back();
    if (!unit.empty() && unit.back() == 'i') unit.pop_back();
    constexpr std::string_view kSteps = "kmgt";
    double factor = 1;
    if (unit.size() == 1 && kSteps.find(unit[0]) != std::string_view::npos) {
        factor = std::pow(1024.0, static_cast<double>(kSteps.find(unit[0]) + 1));
    } else if (!unit.empty()) {
        return std::nullopt;
    }
    const double bytes = value * factor;
    if (bytes >= 9.2e18) return std::nullopt;
    return static_cast<std::uint64_t>(bytes);
}

std::string format_bytes(std::uint64_t bytes) {
    return scaled(static_cast<double>(bytes), 1024, {"B", "kB", "MB", "GB", "TB", "PB"}, " ");
}

std::string format_count(std::uint64_t count) {
    if (count < 10'000) return std::to_string(count);
    return scaled(static_cast<double>(count), 1000, {"", "k", "M", "G", "T", "P"}, " ");
}

}  // namespace rehearse
