#include "rehearse/pg/admin_session.hpp"

#include "rehearse/base/error.hpp"
#include "rehearse/base/text.hpp"

#include "connection.hpp"
#include "messages.hpp"

#include <exception>

namespace rehearse::pg {

namespace {

// What production's ALTER DATABASE ... SET would do to VACUUM and to a long restore is not wanted.
constexpr const char* kOptions = "-c statement_timeout=0 -c lock_timeout=0";

}  // namespace

struct AdminSession::Impl {
    explicit Impl(const ConnInfo& where)
        : connection{connection_string(where, where.application_name, kOptions)} {}

    Connection connection;
};

namespace {

template <typename Number>
Number number(const pqxx::field& field) {
    return field.is_null() ? Number{} : field.as<Number>();
}

std::string text(const pqxx::field& field) {
    return field.c_str();
}

std::string array_literal(const std::vector<std::string>& values) {
    std::string literal = "{";
    for (const std::string& value : values) {
        if (literal.size() > 1) literal += ',';
        literal += '"';
        for (const char c : value) {
            if (c == '"' || c == '\\') literal += '\\';
            literal += c;
        }
        literal += '"';
    }
    return literal + "}";
}

}  // namespace

AdminSession::AdminSession(const ConnInfo& where) : impl_{std::make_unique<Impl>(where)} {}
AdminSession::AdminSession(AdminSession&&) noexcept = default;
AdminSession::~AdminSession() = default;

ServerVersion AdminSession::server_version() const {
    const std::string number = settings({"server_version_num"})["server_version_num"];
    return {std::stoi(number)};
}

std::string AdminSession::marker() const {
    return text(impl_->connection.run(queries::kMarker)[0][0]);
}

std::map<std::string, std::string> AdminSession::settings(
    const std::vector<std::string>& names) const {
    std::map<std::string, std::string> found;
    const std::string wanted = quoted_literal(array_literal(names));
    for (const auto& row : impl_->connection.run(queries::kParameters, wanted))
        found[text(row[0])] = text(row[1]);
    return found;
}

std::vector<std::string> AdminSession::role_names() const {
    std::vector<std::string> names;
    for (const auto& row : impl_->connection.run(queries::kRoleNames))
        names.push_back(text(row[0]));
    return names;
}

void AdminSession::create_nologin_role(const std::string& name) {
    impl_->connection.run_text("CREATE ROLE " + quoted_identifier(name) + " NOLOGIN",
                               "the stand-in role " + name);
}

std::vector<AvailableExtension> AdminSession::available_extensions() const {
    std::vector<AvailableExtension> extensions;
    for (const auto& row : impl_->connection.run(queries::kAvailableExtensions)) {
        if (extensions.empty() || extensions.back().name != text(row[0]))
            extensions.push_back({text(row[0]), text(row[1]), {}});
        extensions.back().versions.push_back(text(row[2]));
    }
    return extensions;
}

bool AdminSession::database_exists(const std::string& name) const {
    return impl_->connection.run(queries::kDatabaseExists, quoted_literal(name))[0][0].as<bool>();
}

std::optional<std::string> AdminSession::try_statement(const std::string& sql) {
    return impl_->connection.try_text(sql);
}

AdminSession::RelationCount AdminSession::relation_count() const {
    const pqxx::result counted = impl_->connection.run(queries::kRelationCount);
    return {number<std::int64_t>(counted[0][0]), number<std::int64_t>(counted[0][1]),
            number<std::int64_t>(counted[0][2])};
}

void AdminSession::vacuum_analyze() {
    impl_->connection.run_text("VACUUM (ANALYZE)", "VACUUM (ANALYZE)");
}

void AdminSession::checkpoint() {
    impl_->connection.run_text("CHECKPOINT", "CHECKPOINT");
}

std::optional<std::vector<std::vector<std::optional<std::string>>>>
AdminSession::read_history_table(const RelationName& table,
                                 const std::vector<std::string>& columns) const {
    const std::map<std::string, std::string> there = columns_of(table);
    std::vector<std::string> selected;
    for (const std::string& column : columns) {
        if (!there.contains(column)) return std::nullopt;
        selected.push_back(quoted_identifier(column) + "::text");
    }
    const pqxx::result result = impl_->connection.run_text(
        "SELECT " + join(selected, ", ") + " FROM " + quoted_identifier(table.schema) + "." +
            quoted_identifier(table.name),
        "to read " + table.text());

    std::vector<std::vector<std::optional<std::string>>> rows;
    for (const auto& row : result) {
        auto& values = rows.emplace_back();
        for (const auto& field : row) {
            values.push_back(field.is_null() ? std::nullopt : std::optional{text(field)});
        }
    }
    return rows;
}

std::vector<std::string> AdminSession::read_column(const std::string& query) const {
    std::vector<std::string> values;
    try {
        for (const auto& row : impl_->connection.run_text(query, "the query")) {
            if (!row[0].is_null()) values.push_back(text(row[0]));
        }
    } catch (const Error& error) {
        throw Error{ErrorKind::usage, error.message() + ": " + query};
    }
    return values;
}

std::vector<RelationName> AdminSession::tables_named(const std::string& name) const {
    std::vector<RelationName> tables;
    const std::string quoted = quoted_literal(name);
    for (const auto& row : impl_->connection.run(queries::kTablesNamed, quoted))
        tables.push_back({text(row[0]), text(row[1])});
    return tables;
}

std::map<std::string, std::string> AdminSession::columns_of(const RelationName& table) const {
    std::map<std::string, std::string> columns;
    const std::string names = quoted_literal(table.schema) + ", " + quoted_literal(table.name);
    for (const auto& row : impl_->connection.run(queries::kColumnsOf, names))
        columns[text(row[0])] = text(row[1]);
    return columns;
}

std::vector<RelationName> AdminSession::user_tables() const {
    std::vector<RelationName> tables;
    for (const auto& row : impl_->connection.run(queries::kUserTables))
        tables.push_back({text(row[0]), text(row[1])});
    return tables;
}

bool answers_with_marker(const ConnInfo& where, const std::string& marker,
                         std::string& why_not) noexcept {
    try {
        constexpr int kConnectTimeoutSeconds = 3;
        Connection connection{
            connection_string(where, where.application_name, kOptions, kConnectTimeoutSeconds)};
        const std::string found = text(connection.run(queries::kMarker)[0][0]);
        if (found == marker) return true;
        why_not = found.empty() ? "the server there has no marker of ours"
                                : "the server there belongs to run " + found;
    } catch (const Error& error) {
        why_not = error.message();
    } catch (const std::exception& error) {
        why_not = error.what();
    }
    return false;
}

}  // namespace rehearse::pg
