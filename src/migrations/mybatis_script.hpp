#pragma once

#include "rehearse/base/files.hpp"

#include "placeholders.hpp"
#include "texts.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace rehearse::migrations {

// How environments/NAME.properties says that scripts are taken apart.
struct MybatisSplitting {
    std::string delimiter = ";";
    bool on_its_own_line = false;  // full_line_delimiter
    bool not_at_all = false;       // send_full_script
};

struct MybatisScript {
    std::vector<Text> up;
    bool has_undo = false;
};

// A script, cut as MyBatis Migrations cuts it (MigrationReader.java, ScriptRunner.java). Throws
// Error(migrations) naming file and line.
MybatisScript mybatis_script(std::string_view text, const MybatisSplitting& splitting,
                             const ValueOf& value_of, const fs::path& path);

}  // namespace rehearse::migrations
