#include "parse_tree.hpp"
#include "tree_facts.hpp"

#include <algorithm>
#include <set>
#include <string>
#include <vector>

namespace rehearse::sql {

namespace {

struct Found {
    std::size_t location;  // bytes from the text's beginning
    pg::RelationName name;
};

// DROP and COMMENT name relations by a list of strings and say apart what the list is of.
enum class ListMeaning { nothing, relation, part_of_relation };

ListMeaning meaning_of(const std::string& object_type) {
    static const std::set<std::string, std::less<>> kRelations = {
        "OBJECT_TABLE",    "OBJECT_FOREIGN_TABLE", "OBJECT_INDEX",
        "OBJECT_SEQUENCE", "OBJECT_VIEW",          "OBJECT_MATVIEW"};
    static const std::set<std::string, std::less<>> kParts = {
        "OBJECT_COLUMN", "OBJECT_TRIGGER", "OBJECT_RULE", "OBJECT_POLICY", "OBJECT_TABCONSTRAINT"};
    if (kRelations.count(object_type) > 0) return ListMeaning::relation;
    if (kParts.count(object_type) > 0) return ListMeaning::part_of_relation;
    return ListMeaning::nothing;
}

void add_listed(std::vector<pg::RelationName>& relations, const nlohmann::json& object,
                ListMeaning meaning) {
    if (meaning == ListMeaning::nothing) return;
    std::vector<std::string> parts;
    for (const nlohmann::json& item : field(field(object, "List"), "items")) {
        parts.push_back(string_of(item));
    }
    if (meaning == ListMeaning::part_of_relation && !parts.empty()) parts.pop_back();
    if (parts.empty()) return;
    relations.push_back({parts.size() > 1 ? parts[parts.size() - 2] : "", parts.back()});
}

// A composite type is a relation for the grammar, but nobody's table.
bool is_about_type(const std::string& name, const nlohmann::json& node) {
    if (name == "CompositeTypeStmt") return true;
    for (const char* about : {"objtype", "renameType", "relationType"}) {
        if (text_field(node, about) == "OBJECT_TYPE") return true;
    }
    return false;
}

std::vector<pg::RelationName> ranges_in(const nlohmann::json& statement) {
    std::vector<Found> found;
    std::set<std::string, std::less<>> common_table_expressions;
    for_each_object(statement, [&](const nlohmann::json& object) {
        if (object.contains("ctename")) {
            common_table_expressions.insert(text_field(object, "ctename"));
        }
        if (!object.contains("relname") || !object.contains("relpersistence")) return;
        const nlohmann::json& location = field(object, "location");
        found.push_back({location.is_number_unsigned() ? location.get<std::size_t>() : 0,
                         {text_field(object, "schemaname"), text_field(object, "relname")}});
    });
    std::stable_sort(found.begin(), found.end(),
                     [](const Found& a, const Found& b) { return a.location < b.location; });
    std::vector<pg::RelationName> relations;
    for (Found& range : found) {
        const bool is_real =
            !range.name.schema.empty() || common_table_expressions.count(range.name.name) == 0;
        if (is_real) relations.push_back(std::move(range.name));
    }
    return relations;
}

}  // namespace

std::vector<pg::RelationName> relations_in(const nlohmann::json& statement) {
    const std::string& name = statement.begin().key();
    const nlohmann::json& node = *statement.begin();
    if (is_about_type(name, node)) return {};
    std::vector<pg::RelationName> all = ranges_in(statement);
    if (name == "DropStmt") {
        const ListMeaning meaning = meaning_of(text_field(node, "removeType"));
        for (const nlohmann::json& object : field(node, "objects")) {
            add_listed(all, object, meaning);
        }
    }
    if (name == "CommentStmt") {
        add_listed(all, field(node, "object"), meaning_of(text_field(node, "objtype")));
    }
    std::vector<pg::RelationName> once;
    for (pg::RelationName& relation : all) {
        if (std::find(once.begin(), once.end(), relation) == once.end()) {
            once.push_back(std::move(relation));
        }
    }
    return once;
}

}  // namespace rehearse::sql
