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

std::string describe_rolled_back(std::size_t migrations) {
    return migrations == 1 ? "nothing: the migration before it is rolled back with it"
                           : "nothing: the " + std::to_string(migrations) +
                                 " migrations before it are rolled back with it";
}

std::string describe_own_commits() {
    return "whatever the statement itself had committed by then";
}

}  // namespace rehearse::replay
