#include "rehearse/sql/script.hpp"

#include "parse_tree.hpp"
#include "token_cursor.hpp"
#include "tree_facts.hpp"

#include <algorithm>
#include <array>
#include <string_view>

namespace rehearse::sql {

namespace {

bool is_any(std::string_view name, std::initializer_list<std::string_view> names) {
    return std::find(names.begin(), names.end(), name) != names.end();
}

bool has_concurrent_detach(const nlohmann::json& alter_table) {
    for (const nlohmann::json& command : field(alter_table, "cmds")) {
        const nlohmann::json& definition = field(field(command, "AlterTableCmd"), "def");
        if (flag(field(definition, "PartitionCmd"), "concurrent")) return true;
    }
    return false;
}

// src/backend/commands/subscriptioncmds.c: refused where the statement itself would make a
// replication slot or ask the publisher. DROP SUBSCRIPTION is refused unless its slot was set to
// NONE before, which the text does not tell.
bool subscription_is_refused(std::string_view name, const nlohmann::json& node) {
    const nlohmann::json& options = field(node, "options");
    const auto given = [&options](std::string_view wanted) {
        return !option(options, wanted).is_null();
    };
    const auto off = [&](std::string_view wanted) {
        return given(wanted) && !is_on(option(options, wanted));
    };
    if (name == "DropSubscriptionStmt") return true;
    if (name == "CreateSubscriptionStmt") return !off("connect") && !off("create_slot");
    const std::string kind = text_field(node, "kind");
    if (kind == "ALTER_SUBSCRIPTION_REFRESH") return true;
    if (kind == "ALTER_SUBSCRIPTION_OPTIONS") return given("failover") || given("two_phase");
    const bool changes_publications =
        is_any(kind, {"ALTER_SUBSCRIPTION_SET_PUBLICATION", "ALTER_SUBSCRIPTION_ADD_PUBLICATION",
                      "ALTER_SUBSCRIPTION_DROP_PUBLICATION"});
    return changes_publications && !off("refresh");
}

// What calls PreventInTransactionBlock() in the server, 13 to 18.
bool is_refused_in_block(std::string_view name, const nlohmann::json& node) {
    if (is_any(name, {"CreatedbStmt", "DropdbStmt", "CreateTableSpaceStmt", "DropTableSpaceStmt",
                      "AlterSystemStmt"})) {
        return true;
    }
    if (name == "IndexStmt" || name == "DropStmt") return flag(node, "concurrent");
    if (name == "ReindexStmt") {
        return is_any(text_field(node, "kind"), {"REINDEX_OBJECT_DATABASE", "REINDEX_OBJECT_SCHEMA",
                                                 "REINDEX_OBJECT_SYSTEM"});
    }
    if (name == "AlterTableStmt") return has_concurrent_detach(node);
    if (name == "VacuumStmt") return flag(node, "is_vacuumcmd");
    if (name == "ClusterStmt") return !node.contains("relation");
    if (name == "DiscardStmt") return text_field(node, "target") == "DISCARD_ALL";
    if (name == "AlterDatabaseStmt") return !option(field(node, "options"), "tablespace").is_null();
    if (name == "TransactionStmt") {
        return is_any(text_field(node, "kind"),
                      {"TRANS_STMT_COMMIT_PREPARED", "TRANS_STMT_ROLLBACK_PREPARED"});
    }
    if (is_any(name, {"CreateSubscriptionStmt", "AlterSubscriptionStmt", "DropSubscriptionStmt"})) {
        return subscription_is_refused(name, node);
    }
    return false;
}

// RequireTransactionBlock() or WarnNoTransactionBlock() in the server.
bool needs_block(std::string_view name, const nlohmann::json& node) {
    if (name == "LockStmt" || name == "ConstraintsSetStmt") return true;
    if (name == "VariableSetStmt") {
        return flag(node, "is_local") ||
               is_any(text_field(node, "name"), {"TRANSACTION", "TRANSACTION SNAPSHOT"});
    }
    if (name == "DeclareCursorStmt") {
        constexpr int kWithHold = 0x0020;  // CURSOR_OPT_HOLD
        const nlohmann::json& options = field(node, "options");
        return !options.is_number_integer() || (options.get<int>() & kWithHold) == 0;
    }
    return false;
}

bool do_may_commit(const nlohmann::json& do_statement) {
    return body_may_commit(string_of(field(option(field(do_statement, "args"), "as"), "arg")));
}

}  // namespace

bool body_may_commit(std::string_view body) {
    bool behind_on = false;
    bool behind_do = false;
    for (TokenCursor cursor(body); !cursor.done(); cursor.advance()) {
        if (!behind_on && cursor.at_any({"commit", "rollback", "call"})) return true;
        const TokenKind kind = cursor.token().kind;
        if (behind_do && (cursor.at("language") || kind == TokenKind::string ||
                          kind == TokenKind::dollar_string))
            return true;
        behind_on = cursor.at("on");
        behind_do = cursor.at("do");
    }
    return false;
}

bool is_concurrent(const nlohmann::json& statement) {
    const std::string& name = statement.begin().key();
    const nlohmann::json& node = *statement.begin();
    if (name == "ReindexStmt") {
        const nlohmann::json& found = option(field(node, "params"), "concurrently");
        return !found.is_null() && is_on(found);
    }
    if (name == "AlterTableStmt") return has_concurrent_detach(node);
    return flag(node, "concurrent");
}

TransactionUse transaction_use_in(const nlohmann::json& statement) {
    const std::string& name = statement.begin().key();
    const nlohmann::json& node = *statement.begin();
    if (is_refused_in_block(name, node)) return TransactionUse::forbidden;
    if (name == "ReindexStmt" && is_concurrent(statement)) return TransactionUse::forbidden;
    if (name == "TransactionStmt") return TransactionUse::is_control;
    if (needs_block(name, node)) return TransactionUse::needs_block;
    // Of a partitioned table or index they are refused, and the text does not tell what it is.
    if (name == "ClusterStmt" || name == "ReindexStmt") return TransactionUse::may_be_refused;
    if (name == "CallStmt") return TransactionUse::may_commit;
    if (name == "DoStmt" && do_may_commit(node)) return TransactionUse::may_commit;
    return TransactionUse::allowed;
}

}  // namespace rehearse::sql
