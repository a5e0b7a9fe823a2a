#include "connection.hpp"

#include "rehearse/base/error.hpp"
#include "rehearse/base/text.hpp"

#include "messages.hpp"

namespace rehearse::pg {

namespace {

std::string quoted_value(std::string_view value) {
    std::string quoted = "'";
    for (const char c : value) {
        if (c == '\'' || c == '\\') quoted += '\\';
        quoted += c;
    }
    return quoted + "'";
}

[[noreturn]] void throw_lost(const std::string& why) {
    throw Error{
        ErrorKind::scratch,
        "the connection to the scratch server was lost: " + why,
        {"Look at the last lines of the server's log, and whether memory or disk ran out."}};
}

}  // namespace

std::string connection_string(const ConnInfo& where, const std::string& application_name,
                              const std::string& options, int connect_timeout_seconds) {
    std::string text = "host=" + quoted_value(where.host) + " port=" + std::to_string(where.port) +
                       " dbname=" + quoted_value(where.dbname) +
                       " user=" + quoted_value(where.user);
    if (!where.password.empty()) text += " password=" + quoted_value(where.password);
    text += " application_name=" + quoted_value(application_name) +
            " connect_timeout=" + std::to_string(connect_timeout_seconds) +
            // Of a network in between: no router forgets it in a long statement, and its loss is
            // seen.
            " keepalives_idle=30 keepalives_interval=10 keepalives_count=6"
            " client_encoding=UTF8 gssencmode=disable options=" +
            quoted_value(options);
    return text;
}

std::string_view body_of(const queries::Query& query) {
    constexpr std::string_view kAs = " AS\n";
    const auto prepare = query.text.find("PREPARE ");
    if (prepare == std::string_view::npos) return query.text;
    const auto at = query.text.find(kAs, prepare);
    return at == std::string_view::npos ? query.text : query.text.substr(at + kAs.size());
}

Connection::Connection(const std::string& connection_string) try : connection_{connection_string} {
} catch (const pqxx::failure& error) {
    throw Error{ErrorKind::scratch,
                "cannot connect to the scratch server: " + first_message(error.what())};
}

pqxx::result Connection::run(const queries::Query& query) {
    return run_text(std::string{query.text}, std::string{query.name});
}

pqxx::result Connection::run(const queries::Query& query, const std::string& arguments) {
    const std::string name{query.name};
    if (!prepared_.contains(query.name)) {
        run_text(std::string{query.text}, name);
        prepared_.insert(query.name);
    }
    return run_text("EXECUTE " + name + "(" + arguments + ")", name);
}

pqxx::result Connection::run_text(const std::string& sql, const std::string& what) {
    try {
        pqxx::nontransaction transaction{connection_};
        return transaction.exec(sql);
    } catch (const pqxx::broken_connection& error) {
        throw_lost(first_message(error.what()));
    } catch (const pqxx::failure& error) {
        throw Error{ErrorKind::scratch,
                    "the scratch server refused " + what + ": " + first_message(error.what())};
    }
}

std::optional<std::string> Connection::try_text(const std::string& sql) {
    try {
        pqxx::nontransaction transaction{connection_};
        transaction.exec(sql);
        return std::nullopt;
    } catch (const pqxx::broken_connection& error) {
        throw_lost(first_message(error.what()));
    } catch (const pqxx::failure& error) {
        return first_message(error.what());
    }
}

std::string oid_array(const std::vector<Oid>& oids) {
    std::string text = "{";
    for (const Oid oid : oids) {
        if (text.size() > 1) text += ',';
        text += std::to_string(oid);
    }
    return text + "}";
}

}  // namespace rehearse::pg
