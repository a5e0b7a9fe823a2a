#pragma once

#include "rehearse/base/files.hpp"

#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace rehearse::migrations {

// One change of sqitch.plan (lib/App/Sqitch/Plan.pm).
struct SqitchChange {
    std::string name;
    std::string id;      // as the registry has it: 40 hexadecimal digits
    std::string script;  // its file's name without folder and ending: "users", "users@v1"
    std::vector<std::string> requirements;
    std::vector<std::string> conflicts;
    std::string timestamp;  // "2026-01-31T10:00:00Z"
    std::string planner_name;
    std::string planner_email;
    std::string note;
    std::vector<std::string> tags;  // "@v1", of this change
    int line = 0;
};

struct SqitchPlan {
    std::string project;
    std::string uri;  // may be empty
    std::vector<SqitchChange> changes;
};

// Throws Error(migrations) naming the line that is none of a plan.
SqitchPlan read_sqitch_plan(const fs::path& file);

}  // namespace rehearse::migrations
