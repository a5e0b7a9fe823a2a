#include "rehearse/pg/production_address.hpp"

#include "rehearse/base/error.hpp"

#include <libpq-fe.h>

#include <cstdlib>
#include <memory>

namespace rehearse::pg {

namespace {

constexpr const char* kReadOnly = "-c default_transaction_read_only=on";

Error not_understood(const std::string& what) {
    return Error(ErrorKind::usage, what,
                 {"Write postgres://USER@HOST:PORT/DATABASE, or 'host=... user=... dbname=...'.",
                  "Leave the password out and put it into PGPASSWORD or ~/.pgpass, or encode what "
                  "is special "
                  "in it: @ is %40, / is %2F, a space is %20."});
}

std::string variable(const char* name) {
    const char* value = std::getenv(name);
    return value == nullptr ? "" : value;
}

}  // namespace

std::string quoted_for_libpq(const std::string& value) {
    std::string text = "'";
    for (const char c : value) {
        if (c == '\'' || c == '\\') text += '\\';
        text += c;
    }
    return text + "'";
}

ProductionAddress ProductionAddress::parse(const std::string& text) {
    const bool is_url = text.starts_with("postgres://") || text.starts_with("postgresql://");
    if (!is_url && text.find('=') == std::string::npos)
        throw not_understood("--from takes a connection URL");
    char* message = nullptr;
    const std::unique_ptr<PQconninfoOption, decltype(&PQconninfoFree)> options(
        PQconninfoParse(text.c_str(), &message), PQconninfoFree);
    PQfreemem(message);
    if (!options) throw not_understood("libpq does not understand the address of --from");

    ProductionAddress address;
    for (const auto* option = options.get(); option->keyword != nullptr; ++option) {
        if (option->val == nullptr) continue;
        address.parameters_[option->keyword] = option->val;
    }
    auto& parameters = address.parameters_;
    // An @ in the password that was not encoded: the rest of the password would be the host.
    if (parameters["host"].find('@') != std::string::npos)
        throw not_understood("the host of --from has an @ in it");
    if (parameters["host"].empty()) parameters.erase("host");
    if (parameters.contains("sslpassword")) {
        throw Error(ErrorKind::usage, "--from may not hold an sslpassword",
                    {"Put it into a service of ~/.pg_service.conf, and write service=NAME."});
    }
    address.password_ = parameters["password"];
    parameters.erase("password");

    if (!parameters.contains("options")) parameters["options"] = variable("PGOPTIONS");
    auto& server_options = parameters["options"];
    server_options += (server_options.empty() ? "" : " ") + std::string(kReadOnly);
    parameters["application_name"] = "rehearse snapshot";
    // pg_dump writes in the database's own encoding when nobody asks for another.
    parameters.erase("client_encoding");
    // Of a network in between: its loss is seen, also in a long COPY.
    parameters.try_emplace("connect_timeout", "10");
    parameters.try_emplace("keepalives_idle", "30");
    parameters.try_emplace("keepalives_interval", "10");
    parameters.try_emplace("keepalives_count", "6");
    return address;
}

std::string ProductionAddress::without_password() const {
    std::string text;
    for (const auto& [name, value] : parameters_) {
        if (!text.empty()) text += ' ';
        text += name;
        text += '=' + quoted_for_libpq(value);
    }
    return text;
}

void ProductionAddress::pin_to(const std::string& host, const std::string& numeric,
                               const std::string& port) {
    if (!host.empty()) parameters_["host"] = host;
    if (!port.empty()) parameters_["port"] = port;
    if (!numeric.empty()) parameters_["hostaddr"] = numeric;
}

}  // namespace rehearse::pg
