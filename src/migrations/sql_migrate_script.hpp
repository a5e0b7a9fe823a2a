#pragma once

#include "rehearse/base/files.hpp"

#include "texts.hpp"

#include <string_view>
#include <vector>

namespace rehearse::migrations {

// A file of sql-migrate's, cut as it cuts it (sqlparse/sqlparse.go).
struct SqlMigrateScript {
    std::vector<Text> up;
    bool in_transaction = true;
    bool has_down = false;
};

// Throws Error(migrations) naming file and line for what sql-migrate refuses.
SqlMigrateScript sql_migrate_script(std::string_view text, const fs::path& path);

}  // namespace rehearse::migrations
