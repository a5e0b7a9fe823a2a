#pragma once

#include <exception>
#include <string>
#include <utility>
#include <vector>

namespace rehearse::snapshot {

// Why a file is not a complete snapshot, without its name: "cut off inside its table of contents".
// read_snapshot() makes an Error of it that names the file; find_snapshot() a line in the list of
// what was passed over.
class Unusable : public std::exception {
  public:
    explicit Unusable(std::string why,
                      std::vector<std::string> hints =
                          {"Copy it again from where it was made, or take a new one: pg_dump -Fc."})
        : why_(std::move(why)), hints_(std::move(hints)) {}

    const char* what() const noexcept override { return why_.c_str(); }
    const std::string& why() const { return why_; }
    const std::vector<std::string>& hints() const { return hints_; }

  private:
    std::string why_;
    std::vector<std::string> hints_;
};

// Nothing that pg_dump wrote: find_snapshot() passes over it without a word.
class NotADump : public Unusable {
  public:
    NotADump()
        : Unusable("no dump", {"A snapshot is what pg_dump writes: custom (-Fc), directory (-Fd), "
                               "tar (-Ft) or plain SQL, also as "
                               ".sql.gz or .sql.zst."}) {}
};

}  // namespace rehearse::snapshot
