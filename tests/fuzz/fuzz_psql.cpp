// Any bytes are read as a psql script to their end, or refused with an Error that names the place;
// and what comes of them does not depend on how they arrive.

#include "rehearse/base/error.hpp"
#include "rehearse/sql/psql_script.hpp"

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

namespace {

using namespace rehearse::sql;

void require(bool holds) {
    if (!holds) std::abort();
}

ScriptReader::Source source_of(std::string_view text, std::size_t chunk) {
    return [text, chunk](std::span<char> buffer) mutable {
        const std::size_t count = text.copy(buffer.data(), std::min(chunk, buffer.size()));
        text.remove_prefix(count);
        return count;
    };
}

// All that was read, as one text.
std::string outcome_of(std::string_view text, std::size_t chunk) {
    const PsqlVariables variables = {{"a", "1"}, {"q", "'a;'"}, {"s", "; select :a"}, {"o", "'"}};
    std::string outcome;
    try {
        PsqlScript script("f.sql", variables,
                          [&](const std::filesystem::path&) { return source_of(text, chunk); });
        while (const auto statement = script.next()) {
            require(!statement->is_meta_command);
            require(statement->position.line >= 1 && statement->position.column >= 1);
            outcome += statement->leading + "|" + statement->text + "|" + statement->trailing +
                       "|" + std::to_string(statement->position.line) + ":" +
                       std::to_string(statement->position.column) + statement->open_construct;
            if (!statement->has_copy_data) continue;
            std::string buffer(16, '\0');
            while (const std::size_t count = script.read_copy_data(buffer))
                outcome.append(buffer, 0, count);
        }
    } catch (const rehearse::Error& error) {
        require(error.kind() == rehearse::ErrorKind::migrations);
        outcome += "error: " + error.message();
    }
    return outcome;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size == 0) return 0;
    const std::size_t chunk = 1 + data[0] % 16;
    const std::string_view text(reinterpret_cast<const char*>(data) + 1, size - 1);
    require(outcome_of(text, text.size() + 1) == outcome_of(text, chunk));
    return 0;
}
