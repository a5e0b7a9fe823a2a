// Any bytes come apart into pieces that join to the same bytes, however they arrive; and a piece
// that is a statement stays one when it is split again.

#include "rehearse/base/error.hpp"
#include "rehearse/sql/script.hpp"

#include "unit/sql/script_pieces.hpp"

#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

namespace {

using namespace rehearse::sql;

void require(bool holds) {
    if (!holds) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size == 0) return 0;
    const std::size_t chunk = 1 + data[0] % 16;
    const std::string_view script(reinterpret_cast<const char*>(data) + 1, size - 1);
    try {
        const test::Pieces pieces = test::pieces_of(script);
        require(pieces.joined == script);
        const test::Pieces in_chunks = test::pieces_of(script, chunk);
        require(in_chunks.joined == script);
        require(in_chunks.texts() == pieces.texts());
        require(in_chunks.copy_data == pieces.copy_data);
        for (const Statement& piece : pieces.all) {
            if (piece.text.empty() || piece.unterminated || !piece.trailing.ends_with(';'))
                continue;
            // Behind a space, because a byte order mark counts only at the beginning.
            require(test::pieces_of(" " + piece.text + ";").texts() == std::vector{piece.text});
        }
    } catch (const rehearse::Error&) {
        // Something follows COPY ... FROM STDIN on its line.
    }
    return 0;
}
