#pragma once

#include "rehearse/sql/script.hpp"

#include <algorithm>
#include <cstring>
#include <string>
#include <string_view>
#include <vector>

namespace rehearse::sql::test {

struct Pieces {
    std::vector<Statement> all;
    std::vector<std::string> copy_data;  // one for each statement that has any
    std::string joined;

    // Of those that have one.
    std::vector<std::string> texts() const {
        std::vector<std::string> found;
        for (const Statement& piece : all) {
            if (!piece.text.empty()) found.push_back(piece.text);
        }
        return found;
    }
};

// Hands the script over in pieces of `chunk` bytes.
inline ScriptReader reader_of(std::string_view script, std::size_t chunk) {
    return ScriptReader([script, chunk](std::span<char> buffer) mutable {
        const std::size_t count = std::min({chunk, buffer.size(), script.size()});
        std::memcpy(buffer.data(), script.data(), count);
        script.remove_prefix(count);
        return count;
    });
}

inline Pieces pieces_of(std::string_view script, std::size_t chunk = 1 << 20) {
    Pieces pieces;
    ScriptReader reader = reader_of(script, chunk);
    while (std::optional<Statement> piece = reader.next()) {
        pieces.joined += piece->leading + piece->text + piece->trailing;
        if (piece->has_copy_data) {
            std::string data;
            std::string buffer(std::min<std::size_t>(chunk, 4096), '\0');
            while (const std::size_t count = reader.read_copy_data(buffer)) {
                data.append(buffer, 0, count);
            }
            pieces.joined += data + reader.copy_terminator();
            pieces.copy_data.push_back(std::move(data));
        }
        pieces.all.push_back(std::move(*piece));
    }
    return pieces;
}

}  // namespace rehearse::sql::test
