#pragma once

// Why violating rows were not counted, as the report says it (violations.why_not).
namespace rehearse::replay {

inline constexpr const char* kNotThere = "what the statement names is not there after the rollback";
inline constexpr const char* kTableChanged =
    "an earlier statement of its transaction changed the table";
inline constexpr const char* kRowsChanged =
    "an earlier statement of its transaction may have changed rows";

}  // namespace rehearse::replay
