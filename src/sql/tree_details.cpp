#include "rehearse/base/text.hpp"

#include "parse_tree.hpp"
#include "tree_facts.hpp"

#include <algorithm>
#include <array>
#include <string>
#include <string_view>

namespace rehearse::sql {

namespace {

bool is_serial(const nlohmann::json& column) {
    constexpr std::array<std::string_view, 6> kSerials = {"smallserial", "serial",  "bigserial",
                                                          "serial2",     "serial4", "serial8"};
    const nlohmann::json& names = field(field(column, "typeName"), "names");
    if (names.empty()) return false;
    return std::find(kSerials.begin(), kSerials.end(), string_of(names.back())) != kSerials.end();
}

void add_column_actions(std::vector<AlterAction>& actions, const nlohmann::json& column) {
    AlterAction added{.kind = AlterAction::Kind::add_column,
                      .column = text_field(column, "colname"),
                      .has_default = is_serial(column)};
    std::vector<AlterAction> constraints;
    for (const nlohmann::json& item : field(column, "constraints")) {
        const std::string type = text_field(field(item, "Constraint"), "contype");
        if (type == "CONSTR_NOTNULL" || type == "CONSTR_PRIMARY") added.not_null = true;
        if (type == "CONSTR_DEFAULT" || type == "CONSTR_GENERATED" || type == "CONSTR_IDENTITY") {
            added.has_default = true;
        }
        if (type == "CONSTR_UNIQUE")
            constraints.push_back({.kind = AlterAction::Kind::add_unique, .column = {}});
        if (type == "CONSTR_PRIMARY") {
            constraints.push_back({.kind = AlterAction::Kind::add_primary_key, .column = {}});
        }
    }
    actions.push_back(std::move(added));
    actions.insert(actions.end(), constraints.begin(), constraints.end());
}

void add_constraint_action(std::vector<AlterAction>& actions, const nlohmann::json& constraint) {
    const std::string type = text_field(constraint, "contype");
    if (type != "CONSTR_UNIQUE" && type != "CONSTR_PRIMARY") return;
    actions.push_back({.kind = type == "CONSTR_UNIQUE" ? AlterAction::Kind::add_unique
                                                       : AlterAction::Kind::add_primary_key,
                       .column = {},
                       .using_index = constraint.contains("indexname")});
}

// A_Const, or a TypeCast of one as in INTERVAL '1 hour'.
std::string value_of(const nlohmann::json& argument) {
    const nlohmann::json& cast = field(argument, "TypeCast");
    const nlohmann::json& constant =
        field(cast.is_null() ? argument : field(cast, "arg"), "A_Const");
    if (constant.contains("sval")) return text_field(constant["sval"], "sval");
    if (constant.contains("fval")) return text_field(constant["fval"], "fval");
    if (constant.contains("ival")) {
        const nlohmann::json& number = field(constant["ival"], "ival");
        return number.is_null() ? "0" : number.dump();
    }
    return "";
}

}  // namespace

std::vector<AlterAction> alter_actions_in(const nlohmann::json& statement) {
    std::vector<AlterAction> actions;
    for (const nlohmann::json& item : field(field(statement, "AlterTableStmt"), "cmds")) {
        const nlohmann::json& command = field(item, "AlterTableCmd");
        const std::string type = text_field(command, "subtype");
        if (type == "AT_AddColumn") {
            add_column_actions(actions, field(field(command, "def"), "ColumnDef"));
        } else if (type == "AT_AddConstraint") {
            add_constraint_action(actions, field(field(command, "def"), "Constraint"));
        } else if (type == "AT_SetNotNull") {
            actions.push_back(
                {.kind = AlterAction::Kind::set_not_null, .column = text_field(command, "name")});
        } else if (type == "AT_DropColumn") {
            actions.push_back({.kind = AlterAction::Kind::drop_column,
                               .column = text_field(command, "name"),
                               .cascade = text_field(command, "behavior") == "DROP_CASCADE"});
        }
    }
    return actions;
}

std::string procedure_in(const nlohmann::json& statement) {
    const nlohmann::json& names =
        field(field(field(statement, "CallStmt"), "funccall"), "funcname");
    return names.empty() ? "" : string_of(names.back());
}

std::optional<SettingChange> setting_in(const nlohmann::json& statement) {
    const nlohmann::json& node = field(statement, "VariableSetStmt");
    const std::string kind = text_field(node, "kind");
    // VAR_SET_MULTI is SET TRANSACTION and its like.
    if (node.is_null() || kind == "VAR_SET_MULTI") return std::nullopt;
    SettingChange change;
    change.name = kind == "VAR_RESET_ALL" ? "all" : lower_cased(text_field(node, "name"));
    change.is_local = flag(node, "is_local");
    for (const nlohmann::json& argument : field(node, "args")) {
        if (!change.value.empty()) change.value += ", ";
        change.value += value_of(argument);
    }
    return change;
}

}  // namespace rehearse::sql
