#include "failure.hpp"

namespace rehearse::replay {

std::vector<std::string> describe_invalid_indexes(const std::vector<pg::RelationName>& indexes) {
    std::vector<std::string> lines;
    for (const pg::RelationName& index : indexes) lines.push_back("INVALID index " + index.text());
    return lines;
}

std::string describe_committed(std::size_t statements) {
    if (statements == 1) return "1 earlier statement, which stays committed";
    return std::to_string(statements) + " earlier statements, which stay committed";
}

std::string describe_own_commits() {
    return "whatever the statement itself had committed by then";
}

std::string describe_history(const migrations::Migration& migration) {
    if (migration.record_before.empty()) return "";
    return migration.tool + "'s history says that version " + migration.version +
           " is dirty: it runs nothing more until somebody mends the schema and forces a version";
}

}  // namespace rehearse::replay
