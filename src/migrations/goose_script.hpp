#pragma once

#include "rehearse/base/files.hpp"

#include "placeholders.hpp"
#include "texts.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace rehearse::migrations {

// A file of goose's, cut as goose cuts it (internal/sqlparser/parser.go).
struct GooseScript {
    std::vector<Text> up;
    bool in_transaction = true;
    bool has_down = false;
};

// Throws Error(migrations) naming file and line for what goose refuses.
GooseScript goose_script(std::string_view text, const ValueOf& value_of, const fs::path& path);

// One line between ENVSUB ON and OFF: ${NAME}, $NAME, ${NAME:-default}, ${NAME-default},
// ${NAME?message}; "$$" and "\$" are a dollar sign. Throws Error(migrations) where a name has no
// value.
std::string with_environment(const Line& line, const ValueOf& value_of, const fs::path& path);

}  // namespace rehearse::migrations
