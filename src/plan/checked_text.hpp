#pragma once

#include "rehearse/sql/statement.hpp"

#include <string>
#include <string_view>

namespace rehearse::plan {

// Text that comes in chunks and must be UTF-8 (RFC 3629) without NUL bytes. Knows the line and
// column of the first byte that is not. Nothing of the text is kept but a sequence that is cut in
// two by a chunk's end.
class CheckedText {
  public:
    enum class Fault { none, not_utf8, utf16, nul_byte };

    // False at the first fault; nothing may be added after that.
    bool add(std::string_view chunk);
    // At the text's end: false when it ends inside a sequence.
    bool finish();

    Fault fault() const { return fault_; }
    const sql::Position& position() const { return position_; }  // of the fault
    unsigned char bad_byte() const { return bad_byte_; }

  private:
    bool check(std::string_view text);
    bool fail(Fault fault, std::string_view before, unsigned char byte);
    bool complete_cut_sequence(std::string_view& chunk);
    void advance(std::string_view text);

    sql::Position position_;
    std::string cut_;  // the beginning of a sequence at the end of the chunk before
    Fault fault_ = Fault::none;
    unsigned char bad_byte_ = 0;
};

}  // namespace rehearse::plan
