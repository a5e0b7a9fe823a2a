#include "app/run_folder.hpp"

#include "rehearse/base/error.hpp"
#include "rehearse/base/time.hpp"

#include <algorithm>
#include <array>
#include <cstdio>
#include <ctime>
#include <random>

namespace rehearse::app {

namespace {

std::string new_run_id() {
    const std::time_t now = WallClock::to_time_t(WallClock::now());
    std::tm utc{};
    gmtime_r(&now, &utc);
    std::array<char, 32> text{};
    std::strftime(text.data(), text.size(), "%Y%m%d-%H%M%S", &utc);
    std::array<char, 8> suffix{};
    std::snprintf(suffix.data(), suffix.size(), "-%04x", std::random_device{}() & 0xFFFFU);
    return std::string{text.data()} + suffix.data();
}

FileLock lock_of_new_folder(const fs::path& folder) {
    auto lock = FileLock::try_lock(folder / "lock");
    if (!lock)
        throw Error(ErrorKind::internal,
                    "the lock of a new run folder is taken: " + folder.string());
    return std::move(*lock);
}

}  // namespace

bool is_run_id(std::string_view name) {
    constexpr std::string_view kLike = "dddddddd-dddddd-xxxx";
    constexpr std::string_view kHex = "0123456789abcdef";
    return std::equal(name.begin(), name.end(), kLike.begin(), kLike.end(), [&](char c, char like) {
        if (like == '-') return c == '-';
        return kHex.substr(0, like == 'd' ? 10 : 16).find(c) != std::string_view::npos;
    });
}

RunFolder::RunFolder()
    : id_(new_run_id()),
      folder_(default_temp_folder(), "rehearse-" + id_),
      lock_(lock_of_new_folder(folder_.path())) {}

}  // namespace rehearse::app
