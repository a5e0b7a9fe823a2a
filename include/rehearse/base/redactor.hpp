#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace rehearse {

// The last door before the terminal: takes known secrets, and passwords inside connection URLs and
// key=value connection strings, out of a text.
class Redactor {
  public:
    void add_secret(std::string secret);  // shorter than 4 characters: ignored, it would blank out
                                          // ordinary text
    std::string redacted(std::string_view text) const;

  private:
    std::vector<std::string> secrets_;
};

}  // namespace rehearse
