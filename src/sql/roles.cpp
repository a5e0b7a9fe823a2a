#include "rehearse/base/text.hpp"
#include "rehearse/sql/script.hpp"

#include "parse_tree.hpp"
#include "token_cursor.hpp"

#include <algorithm>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace rehearse::sql {

namespace {

class RoleNames {
  public:
    void add(std::string name) {
        const bool is_known = std::find(names_.begin(), names_.end(), name) != names_.end();
        if (!name.empty() && !is_known) names_.push_back(std::move(name));
    }
    std::vector<std::string> taken() { return std::move(names_); }

  private:
    std::vector<std::string> names_;
};

// Nearly all of a dump in plain SQL is something else, which its first words tell.
bool can_name_roles(std::string_view text) {
    TokenCursor cursor(text);
    if (cursor.take("create")) {
        return cursor.at_any({"group", "policy", "role", "schema", "user"});
    }
    if (cursor.take("comment")) return cursor.take("on") && cursor.at("role");
    if (cursor.take("drop")) return cursor.at_any({"owned", "user"});
    return cursor.at_any({"alter", "grant", "reassign", "revoke", "security", "set"});
}

// SET ROLE x and SET SESSION AUTHORIZATION 'x', which the tree has as settings.
void add_from_setting(RoleNames& roles, const nlohmann::json& node) {
    const std::string name = text_field(node, "name");
    if (name != "role" && name != "session_authorization") return;
    for (const nlohmann::json& argument : field(node, "args")) {
        const std::string value = text_field(field(field(argument, "A_Const"), "sval"), "sval");
        if (value != "none") roles.add(value);
    }
}

void add_from_tree(RoleNames& roles, const nlohmann::json& statement) {
    const std::string& name = statement.begin().key();
    const nlohmann::json& node = *statement.begin();
    std::vector<std::pair<std::size_t, std::string>> found;
    for_each_object(statement, [&found](const nlohmann::json& object) {
        if (text_field(object, "roletype") != "ROLESPEC_CSTRING") return;
        const nlohmann::json& location = field(object, "location");
        found.emplace_back(location.is_number_unsigned() ? location.get<std::size_t>() : 0,
                           text_field(object, "rolename"));
    });
    // GRANT and REVOKE of a role list it as if it were a privilege.
    if (name == "GrantRoleStmt") {
        for (const nlohmann::json& granted : field(node, "granted_roles")) {
            roles.add(text_field(field(granted, "AccessPriv"), "priv_name"));
        }
    }
    std::sort(found.begin(), found.end());
    for (auto& [location, role] : found) roles.add(std::move(role));
    if (name == "VariableSetStmt") add_from_setting(roles, node);
    if (text_field(node, "objtype") == "OBJECT_ROLE") {
        roles.add(string_of(field(node, "object")));
    }
}

// role, role, ...
void take_names(TokenCursor& cursor, RoleNames& roles) {
    do {
        cursor.take("group");
        const bool is_special = cursor.at_any(
            {"public", "current_user", "current_role", "session_user", "default", "none"});
        std::optional<std::string> name = cursor.take_name();
        if (name && !is_special) roles.add(std::move(*name));
    } while (cursor.take(TokenKind::comma));
}

// GRANT role TO ... and REVOKE [ADMIN OPTION FOR] role FROM ..., which have no ON.
void add_granted_roles(std::string_view text, RoleNames& roles) {
    for (TokenCursor cursor(text); !cursor.done(); cursor.advance()) {
        if (cursor.at("on")) return;
    }
    TokenCursor cursor(text);
    if (!cursor.take("grant") && !cursor.take("revoke")) return;
    if (cursor.at_any({"admin", "inherit", "set"})) {
        while (!cursor.done() && !cursor.take("for")) cursor.advance();
    }
    take_names(cursor, roles);
}

// For what the grammar does not know, such as GRANT ... WITH INHERIT FALSE of PostgreSQL 16.
void add_from_words(std::string_view text, RoleNames& roles) {
    add_granted_roles(text, roles);
    TokenCursor cursor(text);
    bool grants = false;  // roles follow TO or FROM
    bool renames = false;
    int depth = 0;
    while (!cursor.done()) {
        if (cursor.token().kind == TokenKind::open_paren) ++depth;
        if (cursor.token().kind == TokenKind::close_paren) --depth;
        const bool outside = depth == 0;
        if (outside && cursor.at_any({"grant", "revoke", "policy", "owner", "reassign"})) {
            grants = true;
        }
        renames = renames || cursor.at("rename");
        if (outside && grants && !renames && cursor.at_any({"to", "from"})) {
            cursor.advance();
            take_names(cursor, roles);
        } else if (outside && cursor.take("for")) {
            if (cursor.take("role") || cursor.take("user")) take_names(cursor, roles);
        } else if (outside && cursor.take("mapping")) {
            if (cursor.take("for")) take_names(cursor, roles);
        } else if (outside && (cursor.take("authorization") || cursor.take("by"))) {
            take_names(cursor, roles);
        } else {
            cursor.advance();
        }
    }
}

}  // namespace

std::vector<std::string> roles_named_in(std::string_view text) {
    RoleNames roles;
    if (!can_name_roles(text)) return {};
    const ParseTree tree = parsed(text);
    for (const nlohmann::json& statement : tree.statements) add_from_tree(roles, statement);
    if (tree.statements.empty()) add_from_words(text, roles);
    return roles.taken();
}

}  // namespace rehearse::sql
