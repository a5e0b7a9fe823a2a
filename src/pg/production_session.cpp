#include "rehearse/pg/production_session.hpp"

#include "rehearse/base/error.hpp"
#include "rehearse/base/interrupt.hpp"

#include "cancel_on_interrupt.hpp"
#include "messages.hpp"
#include "queries.hpp"

#include <netdb.h>
#include <pqxx/pqxx>
#include <sys/socket.h>

#include <array>

namespace rehearse::pg {

namespace {

// No question of ours works as long on a server that is well.
constexpr Millis kLongestQuestion = std::chrono::minutes(1);

std::string limits_with(Millis lock_timeout) {
    const auto milliseconds = [](Millis span) {
        return std::to_string(static_cast<long long>(span.count()));
    };
    return "SET LOCAL statement_timeout = " + milliseconds(kLongestQuestion + lock_timeout) +
           "; SET LOCAL lock_timeout = " + milliseconds(lock_timeout);
}

Error about_production(const std::string& what, std::string_view libpq_text) {
    return Error(ErrorKind::snapshot, what + ": " + first_message(libpq_text),
                 hints_about_production(libpq_text));
}

std::string connection_string_of(const ProductionAddress& where) {
    const std::string text = where.without_password() + " client_encoding=UTF8";
    if (where.password().empty()) return text;
    return text + " password=" + quoted_for_libpq(where.password());
}

pqxx::connection connect(const ProductionAddress& where) try {
    Interrupt::throw_if_requested();
    return pqxx::connection{connection_string_of(where)};
} catch (const pqxx::failure& error) {
    throw about_production("cannot connect to production", error.what());
}

std::string text(const pqxx::field& field) {
    return field.is_null() ? std::string{} : field.c_str();
}

std::int64_t number(const pqxx::field& field) {
    return field.is_null() ? 0 : field.as<std::int64_t>();
}

MissingRight::Kind kind_from(std::string_view word) {
    using Kind = MissingRight::Kind;
    if (word == "monitor") return Kind::monitor;
    if (word == "schema") return Kind::schema;
    if (word == "sequence") return Kind::sequence;
    if (word == "row_security") return Kind::row_security;
    return word == "large_objects" ? Kind::large_objects : Kind::table;
}

}  // namespace

struct ProductionSession::Impl {
    Impl(const ProductionAddress& where, Millis lock_timeout)
        : limits{limits_with(lock_timeout)}, connection{connect(where)} {}

    // `search_path` is one schema, quoted; empty: as it is.
    pqxx::result read(const queries::Query& query, const std::string& search_path = {}) {
        Interrupt::throw_if_requested();
        try {
            const CancelOnInterrupt watch(connection);
            pqxx::read_transaction transaction{connection};
            transaction.exec(limits);
            if (!search_path.empty()) transaction.exec("SET LOCAL search_path = " + search_path);
            pqxx::result result = transaction.exec(std::string{query.text});
            transaction.commit();
            return result;
        } catch (const pqxx::failure& error) {
            Interrupt::throw_if_requested();
            throw about_production("production does not answer " + std::string{query.name},
                                   error.what());
        }
    }

    const std::string limits;
    pqxx::connection connection;
};

ProductionSession::ProductionSession(const ProductionAddress& where, Millis lock_timeout)
    : impl_{std::make_unique<Impl>(where, lock_timeout)} {}
ProductionSession::ProductionSession(ProductionSession&&) noexcept = default;
ProductionSession::~ProductionSession() = default;

std::string ProductionSession::host() const {
    const char* host = impl_->connection.hostname();
    return host == nullptr ? "" : host;
}

std::string ProductionSession::port() const {
    const char* port = impl_->connection.port();
    return port == nullptr ? "" : port;
}

std::string ProductionSession::numeric_address() const {
    sockaddr_storage peer{};
    socklen_t length = sizeof peer;
    auto* const address = reinterpret_cast<sockaddr*>(&peer);
    std::array<char, NI_MAXHOST> text{};
    const bool is_network =
        getpeername(impl_->connection.sock(), address, &length) == 0 && peer.ss_family != AF_UNIX &&
        getnameinfo(address, length, text.data(), text.size(), nullptr, 0, NI_NUMERICHOST) == 0;
    return is_network ? text.data() : "";
}

ProductionIdentity ProductionSession::read_identity() {
    const pqxx::result found = impl_->read(queries::kProductionIdentity);
    const pqxx::row row = found[0];
    ProductionIdentity identity{
        {row[0].as<int>()}, text(row[1]), text(row[2]), row[3].as<bool>(), {}};
    try {
        const pqxx::result identifier = impl_->read(queries::kSystemIdentifier);
        identity.system_identifier = text(identifier[0][0]);
    } catch (const Error& error) {
        if (error.kind() == ErrorKind::interrupted || !impl_->connection.is_open()) throw;
    }
    return identity;
}

std::vector<MissingRight> ProductionSession::read_missing_rights() {
    std::vector<MissingRight> missing;
    for (const auto& row : impl_->read(queries::kMissingRights)) {
        missing.push_back({kind_from(text(row[0])), text(row[1]), text(row[2]), number(row[3])});
    }
    return missing;
}

std::vector<ParameterSetting> ProductionSession::read_settings() {
    std::vector<ParameterSetting> settings;
    for (const auto& row : impl_->read(queries::kProductionSettings))
        settings.push_back({text(row[0]), text(row[1]), text(row[2]), text(row[3])});
    return settings;
}

std::vector<SettingOverride> ProductionSession::read_setting_overrides() {
    std::vector<SettingOverride> overrides;
    for (const auto& row : impl_->read(queries::kSettingOverrides))
        overrides.push_back({text(row[0]), text(row[1]), text(row[2]), text(row[3])});
    return overrides;
}

Traffic ProductionSession::read_traffic() {
    Traffic traffic;
    for (const auto& row : impl_->read(queries::kTableTraffic)) {
        traffic.tables.push_back({row[0].as<Oid>(),
                                  {text(row[1]), text(row[2])},
                                  number(row[3]),
                                  number(row[4]),
                                  number(row[5]),
                                  number(row[6]),
                                  number(row[7]),
                                  number(row[8]),
                                  number(row[9]),
                                  number(row[10])});
    }
    const pqxx::result reset = impl_->read(queries::kStatisticsReset);
    if (!reset.empty() && !reset[0][0].is_null()) {
        traffic.reset_at = text(reset[0][0]);
        traffic.since_reset_s = reset[0][1].as<double>();
    }
    return traffic;
}

// Good to have, and no reason to take no snapshot: the library may not be loaded though its
// settings are there, or its file of texts too large to read in time.
TopQueries ProductionSession::read_top_queries() try {
    TopQueries top;
    const pqxx::result extension = impl_->read(queries::kStatementsExtension);
    if (extension.empty()) {
        top.unavailable = "the extension pg_stat_statements is not in this database";
        return top;
    }
    if (!extension[0][1].as<bool>()) {
        top.unavailable = "pg_stat_statements is not in shared_preload_libraries";
        return top;
    }
    const std::string schema = text(extension[0][0]);
    for (const auto& row : impl_->read(queries::kTopQueries, schema)) {
        top.queries.push_back({text(row[0]), text(row[1]), number(row[2]), row[3].as<double>(),
                               row[4].as<double>(), number(row[5])});
    }
    if (extension[0][2].as<bool>()) {
        const pqxx::result reset = impl_->read(queries::kTopQueriesReset, schema);
        top.reset_at = text(reset[0][0]);
    }
    return top;
} catch (const Error& error) {
    if (error.kind() == ErrorKind::interrupted || !impl_->connection.is_open()) throw;
    TopQueries top;
    top.unavailable = error.message();
    return top;
}

std::map<Oid, std::int64_t> ProductionSession::read_copied_bytes() noexcept try {
    std::map<Oid, std::int64_t> bytes;
    for (const auto& row : impl_->read(queries::kCopiedBytes))
        bytes[row[0].as<Oid>()] = number(row[1]);
    return bytes;
} catch (const std::exception&) {
    return {};
}

}  // namespace rehearse::pg
