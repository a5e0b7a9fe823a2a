#include "rehearse/pg/admin_session.hpp"

#include "rehearse/base/error.hpp"
#include "rehearse/base/text.hpp"

#include "connection.hpp"
#include "messages.hpp"

#include <chrono>
#include <exception>

namespace rehearse::pg {

namespace {

// What production's ALTER DATABASE ... SET would do to VACUUM and to a long restore is not wanted.
// A server that logs statements for us (log_every_statement) logs none of ours.
constexpr const char* kOptions =
    "-c statement_timeout=0 -c lock_timeout=0 -c log_statement=none "
    "-c log_min_duration_statement=-1";

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

// Of a role in a database: nothing but the session itself can set them otherwise.
std::map<std::string, std::string> logging_settings(ServerVersion version, bool enforce_timeouts) {
    std::map<std::string, std::string> settings{
        {"log_statement", "all"},
        {"log_min_duration_statement", "0"},
        {"log_duration", "off"},
        {"log_min_messages", "warning"},
        {"log_min_error_statement", "error"},
        {"log_error_verbosity", "default"},
        {"lock_timeout", enforce_timeouts ? "5s" : "0"},
        {"statement_timeout", enforce_timeouts ? "60s" : "0"}};
    // Before, parameters are always logged whole.
    if (version.major() >= 13) settings["log_parameter_max_length"] = "-1";
    return settings;
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

void AdminSession::require_password(const std::string& password) {
    auto& connection = impl_->connection;
    const std::string what = "a password for its role";
    connection.run_text("SET password_encryption = 'scram-sha-256'", what);
    connection.run_text("ALTER ROLE CURRENT_USER PASSWORD " + quoted_literal(password), what);
    const std::string rules = settings({"hba_file"}).at("hba_file");
    connection.run_text("COPY (SELECT 'local all all scram-sha-256') TO " + quoted_literal(rules),
                        what);
    connection.run_text("SELECT pg_catalog.pg_reload_conf()", what);
}

void AdminSession::log_every_statement(const std::string& database, bool enforce_timeouts) {
    for (const auto& [name, value] : logging_settings(server_version(), enforce_timeouts)) {
        impl_->connection.run_text("ALTER ROLE CURRENT_USER IN DATABASE " +
                                       quoted_identifier(database) + " SET " + name + " = " +
                                       quoted_literal(value),
                                   "to set " + name);
    }
}

void AdminSession::stop_logging_statements(const std::string& database) {
    for (const auto& [name, value] : logging_settings(server_version(), false)) {
        impl_->connection.run_text(
            "ALTER ROLE CURRENT_USER IN DATABASE " + quoted_identifier(database) + " RESET " + name,
            "to reset " + name);
    }
}

std::chrono::system_clock::time_point AdminSession::server_time() const {
    const auto now = impl_->connection.run_text(
        "SELECT (extract(epoch FROM pg_catalog.clock_timestamp()) * 1000000)::bigint",
        "to tell the time");
    return std::chrono::system_clock::time_point{
        std::chrono::microseconds{now[0][0].as<std::int64_t>()}};
}

void AdminSession::write_to_log(const std::string& text) {
    impl_->connection.run_text(
        "DO $rehearse$ BEGIN RAISE LOG '%', " + quoted_literal(text) + "; END $rehearse$",
        "a line in its log");
}

std::string AdminSession::read_server_file(const std::string& path, std::uint64_t offset,
                                           std::uint64_t bytes) const {
    const pqxx::result read = impl_->connection.run_text(
        "SELECT pg_catalog.encode(pg_catalog.pg_read_binary_file(" + quoted_literal(path) + ", " +
            std::to_string(offset) + ", " + std::to_string(bytes) + "), 'hex')",
        "to read " + path);
    const std::string hex = text(read[0][0]);
    const auto digit = [](char c) { return c <= '9' ? c - '0' : c - 'a' + 10; };
    std::string content;
    content.reserve(hex.size() / 2);
    for (std::size_t i = 0; i + 1 < hex.size(); i += 2)
        content += static_cast<char>(digit(hex[i]) * 16 + digit(hex[i + 1]));
    return content;
}

bool AdminSession::end_sessions(const std::vector<int>& pids) {
    std::vector<std::string> texts;
    for (const int pid : pids) texts.push_back(std::to_string(pid));
    const std::string array = quoted_literal(array_literal(texts)) + "::integer[]";
    const std::string there = " FROM pg_catalog.pg_stat_activity WHERE pid = ANY (" + array + ")";
    impl_->connection.run_text("SELECT pg_catalog.pg_terminate_backend(pid)" + there,
                               "to end sessions");
    const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(10);
    while (std::chrono::steady_clock::now() < deadline) {
        const auto left = impl_->connection.run_text(
            "SELECT count(*), pg_catalog.pg_sleep(least(count(*), 1) * 0.01)" + there,
            "to look for sessions");
        if (left[0][0].as<int>() == 0) return true;
    }
    return false;
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
