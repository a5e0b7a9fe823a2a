#include "snapshot/needs.hpp"

#include "rehearse/sql/script.hpp"

#include <algorithm>
#include <array>
#include <set>
#include <string_view>

namespace rehearse::snapshot {

namespace {

// Entries whose SQL names roles. Everything else names none but its owner, which the entry has in a
// field of its own.
bool names_roles(const TocEntry& entry) {
    constexpr std::array<std::string_view, 5> kDescs{"ACL", "DEFAULT ACL", "POLICY", "USER MAPPING",
                                                     "DATABASE PROPERTIES"};
    return std::find(kDescs.begin(), kDescs.end(), entry.desc) != kDescs.end();
}

void add_roles_in(const std::string& script, std::set<std::string>& roles) {
    auto reader = sql::ScriptReader::of_text(script);
    while (const auto statement = reader.next()) {
        for (auto& role : sql::roles_named_in(statement->text)) roles.insert(std::move(role));
    }
}

}  // namespace

std::vector<std::string> roles_needed_by(const Archive& archive) {
    std::set<std::string> roles;
    for (const auto& entry : archive.entries) {
        if (!entry.owner.empty()) roles.insert(entry.owner);
        if (names_roles(entry)) add_roles_in(entry.definition, roles);
    }
    return {roles.begin(), roles.end()};
}

std::vector<std::string> extensions_needed_by(const Archive& archive) {
    std::set<std::string> names;
    for (const auto& entry : archive.entries) {
        if (entry.desc == "EXTENSION") names.insert(entry.tag);
    }
    return {names.begin(), names.end()};
}

}  // namespace rehearse::snapshot
