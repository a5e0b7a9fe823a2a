#include "parse_tree.hpp"
#include "tree_facts.hpp"

#include <algorithm>
#include <array>
#include <string_view>
#include <utility>

namespace rehearse::sql {

namespace {

using Kind = StatementKind;

struct NamedKind {
    std::string_view name;
    Kind kind;
};

constexpr NamedKind kNodes[] = {
    {"AlterDefaultPrivilegesStmt", Kind::grant},
    {"AlterDomainStmt", Kind::alter_type},
    {"AlterEnumStmt", Kind::alter_type},
    {"AlterSeqStmt", Kind::alter_sequence},
    {"AlterTableMoveAllStmt", Kind::alter_table},
    {"AlterTypeStmt", Kind::alter_type},
    {"CallStmt", Kind::call},
    {"ClusterStmt", Kind::cluster},
    {"CommentStmt", Kind::comment},
    {"CompositeTypeStmt", Kind::create_type},
    {"CreateDomainStmt", Kind::create_type},
    {"CreateEnumStmt", Kind::create_type},
    {"CreateExtensionStmt", Kind::create_extension},
    {"CreateForeignTableStmt", Kind::create_table},
    {"CreateFunctionStmt", Kind::create_function},
    {"CreateRangeStmt", Kind::create_type},
    {"CreateSchemaStmt", Kind::create_schema},
    {"CreateSeqStmt", Kind::create_sequence},
    {"CreateStmt", Kind::create_table},
    {"CreateTrigStmt", Kind::create_trigger},
    {"DeleteStmt", Kind::delete_rows},
    {"DoStmt", Kind::do_block},
    {"GrantRoleStmt", Kind::grant},
    {"GrantStmt", Kind::grant},
    {"IndexStmt", Kind::create_index},
    {"InsertStmt", Kind::insert},
    {"LockStmt", Kind::lock_table},
    {"MergeStmt", Kind::merge},
    {"RefreshMatViewStmt", Kind::refresh_materialized_view},
    {"ReindexStmt", Kind::reindex},
    {"RenameStmt", Kind::rename},
    {"TruncateStmt", Kind::truncate},
    {"UpdateStmt", Kind::update},
    {"ViewStmt", Kind::create_view},
};

constexpr NamedKind kAltered[] = {
    {"OBJECT_FOREIGN_TABLE", Kind::alter_table}, {"OBJECT_SEQUENCE", Kind::alter_sequence},
    {"OBJECT_TABLE", Kind::alter_table},         {"OBJECT_TYPE", Kind::alter_type},
    {"OBJECT_DOMAIN", Kind::alter_type},
};

constexpr NamedKind kDropped[] = {
    {"OBJECT_FOREIGN_TABLE", Kind::drop_table}, {"OBJECT_INDEX", Kind::drop_index},
    {"OBJECT_MATVIEW", Kind::drop_view},        {"OBJECT_TABLE", Kind::drop_table},
    {"OBJECT_VIEW", Kind::drop_view},
};

template <std::size_t N>
Kind kind_named(const NamedKind (&table)[N], std::string_view name) {
    const auto* found = std::find_if(std::begin(table), std::end(table),
                                     [name](const NamedKind& entry) { return entry.name == name; });
    return found == std::end(table) ? Kind::other_utility : found->kind;
}

bool is_reset(const nlohmann::json& set_statement) {
    const std::string kind = text_field(set_statement, "kind");
    return kind == "VAR_RESET" || kind == "VAR_RESET_ALL";
}

}  // namespace

StatementKind kind_in(const nlohmann::json& statement) {
    const std::string& name = statement.begin().key();
    const nlohmann::json& node = *statement.begin();
    if (name == "SelectStmt") {
        return node.contains("intoClause") ? Kind::create_table : Kind::select;
    }
    if (name == "VariableSetStmt") return is_reset(node) ? Kind::reset : Kind::set;
    if (name == "VacuumStmt") return flag(node, "is_vacuumcmd") ? Kind::vacuum : Kind::analyze;
    if (name == "AlterTableStmt") return kind_named(kAltered, text_field(node, "objtype"));
    if (name == "AlterObjectSchemaStmt" || name == "AlterOwnerStmt") {
        return kind_named(kAltered, text_field(node, "objectType"));
    }
    if (name == "DropStmt") return kind_named(kDropped, text_field(node, "removeType"));
    if (name == "CreateTableAsStmt") {
        const bool is_view = text_field(node, "objtype") == "OBJECT_MATVIEW";
        return is_view ? Kind::create_view : Kind::create_table;
    }
    if (name == "DefineStmt" && text_field(node, "kind") == "OBJECT_TYPE") {
        return Kind::create_type;
    }
    return kind_named(kNodes, name);
}

}  // namespace rehearse::sql
