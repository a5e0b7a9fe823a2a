#include "restore/database.hpp"

#include "rehearse/base/error.hpp"
#include "rehearse/base/text.hpp"
#include "rehearse/sql/script.hpp"

#include "restore/words.hpp"

#include <algorithm>
#include <array>

namespace rehearse::restore {

namespace {

// A plain dump that was made without --create does not name its database.
constexpr std::string_view kUnnamed = "rehearse";

bool is_kept_option(std::string_view name) {
    constexpr std::array<std::string_view, 8> kKept{
        "ENCODING", "LOCALE_PROVIDER", "LOCALE",     "LC_COLLATE",
        "LC_CTYPE", "BUILTIN_LOCALE",  "ICU_LOCALE", "ICU_RULES"};
    return std::find(kKept.begin(), kKept.end(), name) != kKept.end();
}

std::string upper_cased(std::string text) {
    for (char& c : text) {
        if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
    }
    return text;
}

bool sets_a_parameter(std::string_view sql) {
    const auto words = words_of(sql);
    return std::any_of(words.begin(), words.end(), [](const Word& word) { return word.is("SET"); });
}

bool is_about_database(const snapshot::TocEntry& entry) {
    return (entry.desc == "ACL" || entry.desc == "COMMENT" || entry.desc == "SECURITY LABEL") &&
           entry.tag.starts_with("DATABASE ");
}

std::vector<std::string> statements_in(const std::string& script) {
    std::vector<std::string> statements;
    auto reader = sql::ScriptReader::of_text(script);
    while (auto statement = reader.next()) {
        if (!statement->text.empty()) statements.push_back(std::move(statement->text));
    }
    return statements;
}

// 42809 and 22023 in dbcommands.c: the server or its operating system lacks the locale, or it does
// not go with the encoding.
bool is_about_locale(std::string_view message) {
    constexpr std::array<std::string_view, 6> kWords{"locale",   "LC_COLLATE", "LC_CTYPE",
                                                     "provider", "ICU",        "encoding"};
    return std::any_of(kWords.begin(), kWords.end(), [&](std::string_view word) {
        return message.find(word) != std::string_view::npos;
    });
}

}  // namespace

DatabaseDefinition parse_create_database(std::string_view sql) {
    DatabaseDefinition definition;
    const auto words = words_of(sql);
    if (words.size() > 2) definition.name = words[2].text;
    for (std::size_t i = 3; i + 2 < words.size(); ++i) {
        const std::string option = upper_cased(words[i].text);
        if (words[i + 1].text != "=" || !is_kept_option(option)) continue;
        definition.options.emplace_back(option, words[i + 2].text);
    }
    return definition;
}

DatabaseDefinition definition_for(const snapshot::Snapshot& snapshot) {
    DatabaseDefinition definition;
    if (snapshot.archive) {
        for (const auto& entry : snapshot.archive->entries) {
            if (entry.desc == "DATABASE") definition = parse_create_database(entry.definition);
        }
    } else if (!snapshot.create_database.empty()) {
        definition = parse_create_database(snapshot.create_database);
    } else if (!snapshot.encoding.empty()) {
        definition.options = {{"ENCODING", quoted_literal(snapshot.encoding)}};
    }
    if (definition.name.empty()) definition.name = snapshot.database;
    // The templates belong to the server.
    if (definition.name.empty() || definition.name == "template0" ||
        definition.name == "template1") {
        definition.name = kUnnamed;
    }
    return definition;
}

DatabaseDefinition for_server(DatabaseDefinition definition, pg::ServerVersion server) {
    // Since PostgreSQL 15 (release notes, E.19.3.1.4); before, every database is of libc.
    if (server.major() >= 15) return definition;
    std::erase_if(definition.options,
                  [](const auto& option) { return option.first == "LOCALE_PROVIDER"; });
    return definition;
}

std::string create_statement(const DatabaseDefinition& definition) {
    std::string sql =
        "CREATE DATABASE " + quoted_identifier(definition.name) + " WITH TEMPLATE = template0";
    for (const auto& [option, value] : definition.options) sql += " " + option + " = " + value;
    return sql;
}

DatabaseDefinition with_locale(const DatabaseDefinition& definition, const std::string& locale) {
    DatabaseDefinition other{definition.name, {}};
    for (const auto& option : definition.options) {
        if (option.first == "ENCODING") other.options.push_back(option);
        // Where there are providers pg_dump always says it.
        if (option.first == "LOCALE_PROVIDER") other.options.emplace_back(option.first, "libc");
    }
    other.options.emplace_back("LOCALE", quoted_literal(locale));
    return other;
}

std::vector<std::string> settings_of(const snapshot::Snapshot& snapshot) {
    std::vector<std::string> settings;
    if (!snapshot.archive) return settings;
    for (const auto& entry : snapshot.archive->entries) {
        if (entry.desc != "DATABASE PROPERTIES") continue;
        for (auto& statement : statements_in(entry.definition)) {
            // The others are a connection limit, or make it a template.
            if (sets_a_parameter(statement)) settings.push_back(std::move(statement));
        }
    }
    return settings;
}

std::string connection_to(const std::string& database, pg::ServerVersion server) {
    std::string options =
        "-c default_transaction_read_only=off -c default_transaction_deferrable=off "
        "-c statement_timeout=0 -c lock_timeout=0 -c idle_in_transaction_session_timeout=0 "
        "-c role=none -c session_preload_libraries= -c local_preload_libraries= "
        "-c lc_messages=C";
    if (server.major() >= 14) options += " -c idle_session_timeout=0";
    if (server.major() >= 17) options += " -c transaction_timeout=0";
    // PostgreSQL manual, 34.1.1.1: a value in single quotes, with a backslash before quotes and
    // backslashes.
    std::string name;
    for (const char c : database) {
        if (c == '\'' || c == '\\') name += '\\';
        name += c;
    }
    return "dbname='" + name + "' options='" + options + "'";
}

std::vector<std::string> statements_about_database(const snapshot::Snapshot& snapshot) {
    std::vector<std::string> statements;
    if (!snapshot.archive) return statements;
    for (const auto& entry : snapshot.archive->entries) {
        if (entry.desc == "DATABASE" && !entry.owner.empty()) {
            statements.push_back("ALTER DATABASE " + quoted_identifier(entry.tag) + " OWNER TO " +
                                 quoted_identifier(entry.owner));
        } else if (is_about_database(entry)) {
            for (auto& statement : statements_in(entry.definition)) {
                statements.push_back(std::move(statement));
            }
        }
    }
    return statements;
}

void create_database(const DatabaseDefinition& dumped, pg::AdminSession& session,
                     std::vector<std::string>& remarks) {
    const auto definition = for_server(dumped, session.server_version());
    // initdb made a database "postgres", in its own locale.
    std::optional<std::string> failure;
    if (session.database_exists(definition.name)) {
        failure = session.try_statement("DROP DATABASE " + quoted_identifier(definition.name));
    }
    if (!failure) failure = session.try_statement(create_statement(definition));
    if (!failure) return;
    const std::string first_failure = *failure;
    if (is_about_locale(first_failure)) {
        for (const std::string locale : {"C.UTF-8", "C"}) {
            failure = session.try_statement(create_statement(with_locale(definition, locale)));
            if (failure) continue;
            remarks.push_back("the database was made with locale " + locale +
                              " instead of production's (" + one_line(first_failure, 200) +
                              "): text sorts differently, and its indexes are built faster");
            return;
        }
    }
    throw Error(ErrorKind::snapshot, "cannot create the database " + definition.name + ": " +
                                         one_line(first_failure, 500));
}

}  // namespace rehearse::restore
