#pragma once

#include "rehearse/migrations/migration.hpp"

#include "placeholders.hpp"

#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace rehearse::migrations {

// One changeset of a formatted SQL changelog
// (liquibase/parser/AbstractFormattedChangeLogParser.java).
struct ChangeSet {
    std::string author;
    std::string id;
    std::map<std::string, std::string> attributes;  // as they are written, names in lower case
    int line = 0;                                   // of its "--changeset" line
    std::size_t begin = 0;                          // of its body in the file's text
    std::size_t end = 0;
    bool has_rollback = false;
    bool has_preconditions = false;

    // "true" or "false" of an attribute, or what it is where it is not written.
    bool flag(const std::string& name, bool otherwise) const;
    std::string attribute(const std::string& name) const;
};

// True when the first line that is not blank says "--liquibase formatted sql".
bool is_formatted_sql(std::string_view text);

// Throws Error(migrations) where a "--changeset" line has no author and id.
std::vector<ChangeSet> change_sets_of(std::string_view text, const fs::path& path);

// "--property name:x value:y" of the file.
std::map<std::string, std::string> properties_of(std::string_view text);

// What Liquibase sends of a changeset: its body cut at the delimiter. It knows quotes, comments and
// BEGIN ... END, and it does not know dollar quotes: a body that they hold comes apart at its first
// semicolon outside of BEGIN ... END, and the server says so.
std::vector<Text> texts_of(std::string_view text, const ChangeSet& set);

}  // namespace rehearse::migrations
