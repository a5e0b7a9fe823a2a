#pragma once

#include "rehearse/base/files.hpp"

#include "placeholders.hpp"
#include "texts.hpp"

#include <string_view>

namespace rehearse::migrations {

// What of tern's file is its way up (migrate/migrate.go).
struct TernScript {
    Text up;  // with its templates filled in
    bool in_transaction = true;
    bool has_down = false;
};

// `folder` is where templates are included from. Throws Error(migrations) naming file and line for
// what tern refuses, and for templates that a rehearsal does not evaluate.
TernScript tern_script(std::string_view text, const ValueOf& value_of, const fs::path& path,
                       const fs::path& folder);

}  // namespace rehearse::migrations
