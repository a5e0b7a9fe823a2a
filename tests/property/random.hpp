#pragma once

#include <cstdlib>
#include <random>
#include <string>
#include <vector>

namespace rehearse::test {

// Random choices that can be had again: a failing test names the seed, REHEARSE_SEED sets it.
class Random {
  public:
    Random() : seed_(chosen_seed()), engine_(seed_) {}

    // 0 to count - 1.
    std::size_t below(std::size_t count) {
        return std::uniform_int_distribution<std::size_t>(0, count - 1)(engine_);
    }
    const std::string& pick(const std::vector<std::string>& from) {
        return from[below(from.size())];
    }
    std::string seed_text() const { return "REHEARSE_SEED=" + std::to_string(seed_) + "\n"; }

  private:
    static unsigned chosen_seed() {
        const char* given = std::getenv("REHEARSE_SEED");
        return given != nullptr ? static_cast<unsigned>(std::strtoul(given, nullptr, 10))
                                : std::random_device()();
    }

    unsigned seed_;
    std::mt19937 engine_;
};

}  // namespace rehearse::test
