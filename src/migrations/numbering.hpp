#pragma once

#include <compare>
#include <string>
#include <string_view>
#include <vector>

namespace rehearse::migrations {

// A version made of digits, in parts where the files are numbered in parts: "0042" is [42],
// "2026-11-15" and "1.2" have several. Ordered by number, so 2 < 10 and 007 == 7, however many
// digits there are.
class Numbering {
  public:
    // Reads "0042" or "1.2" or "2026-11-15"; anything else has no parts.
    explicit Numbering(std::string_view text);

    bool empty() const { return parts_.empty(); }
    std::strong_ordering operator<=>(const Numbering& other) const;
    bool operator==(const Numbering& other) const { return (*this <=> other) == 0; }

  private:
    std::vector<std::string> parts_;  // digits without leading zeros
};

}  // namespace rehearse::migrations
