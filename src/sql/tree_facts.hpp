#pragma once

#include "rehearse/sql/statement.hpp"

#include <nlohmann/json_fwd.hpp>

#include <optional>
#include <vector>

// What is read from the parse tree of one statement: an object whose one key is the node's name.
namespace rehearse::sql {

Classification classified_by_tree(const nlohmann::json& statement);

StatementKind kind_in(const nlohmann::json& statement);
TransactionUse transaction_use_in(const nlohmann::json& statement);
bool is_concurrent(const nlohmann::json& statement);
std::vector<pg::RelationName> relations_in(const nlohmann::json& statement);
std::vector<AlterAction> alter_actions_in(const nlohmann::json& statement);
std::string procedure_in(const nlohmann::json& statement);
std::optional<SettingChange> setting_in(const nlohmann::json& statement);

}  // namespace rehearse::sql
