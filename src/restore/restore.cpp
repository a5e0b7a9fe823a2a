#include "rehearse/restore/restore.hpp"

#include "rehearse/base/error.hpp"
#include "rehearse/base/size.hpp"
#include "rehearse/base/text.hpp"

#include "restore/complaints.hpp"
#include "restore/database.hpp"
#include "restore/extensions.hpp"
#include "restore/limits.hpp"
#include "restore/load.hpp"

#include <algorithm>

namespace rehearse::restore {

namespace {

bool is_local(const scratch::Engine& engine) {
    return engine.name() == "local";
}

std::string hint_for_version(const scratch::Engine& engine, int major) {
    return is_local(engine)
               ? "Install it: apt install postgresql-" + std::to_string(major)
               : "Use --image postgres:" + std::to_string(major) + ", or another image of it.";
}

void refuse_newer_dump(const snapshot::Snapshot& snapshot, const scratch::Engine& engine) {
    const auto server = engine.server_version();
    if (snapshot.server_version.major() > server.major()) {
        throw Error(ErrorKind::snapshot,
                    snapshot.name + " comes from PostgreSQL " + snapshot.server_version.text() +
                        ", which is newer than this scratch (" + server.text() + ")",
                    {hint_for_version(engine, snapshot.server_version.major())});
    }
    if (snapshot.archive && snapshot.archive->version_minor > newest_format_for(server)) {
        const auto writer = pg::ServerVersion::parse(snapshot.archive->dump_version_text);
        Error error(ErrorKind::snapshot, snapshot.name + " was written by pg_dump " +
                                             snapshot.archive->dump_version_text +
                                             " in archive format 1." +
                                             std::to_string(snapshot.archive->version_minor) +
                                             "; pg_restore " + server.text() + " reads up to 1." +
                                             std::to_string(newest_format_for(server)));
        if (writer) error.with_hint(hint_for_version(engine, writer->major()));
        throw error.with_hint("Take the dump with the pg_dump of the server's own version.");
    }
}

void require_extensions(const snapshot::Snapshot& snapshot, const scratch::Engine& engine,
                        const pg::AdminSession& session) {
    const auto missing = missing_extensions(snapshot.extensions, session.available_extensions());
    if (missing.empty()) return;
    const int major = engine.server_version().major();
    throw Error(
        ErrorKind::snapshot,
        snapshot.name + " needs " + (missing.size() == 1 ? "an extension" : "extensions") +
            " that the scratch server lacks: " + join(missing, ", "),
        {is_local(engine) ? "Install: apt install " + join(packages_with(missing, major), " ")
                          : "Use --image with an image of PostgreSQL " + std::to_string(major) +
                                " that has " + (missing.size() == 1 ? "it" : "them") + "."});
}

std::vector<std::string> make_missing_roles(const std::vector<std::string>& needed,
                                            pg::AdminSession& session) {
    const auto there = session.role_names();
    std::vector<std::string> made;
    for (const auto& role : needed) {
        // Names that begin with pg_ are the server's own (manual, 22.5); one that it lacks cannot
        // be made.
        if (role.starts_with("pg_")) continue;
        if (std::find(there.begin(), there.end(), role) != there.end()) continue;
        session.create_nologin_role(role);
        made.push_back(role);
    }
    return made;
}

// What the server says about a statement that does not change what is rehearsed.
void apply(const std::vector<std::string>& statements, pg::AdminSession& session,
           std::vector<std::string>& remarks) {
    for (const auto& statement : statements) {
        if (const auto failure = session.try_statement(statement)) {
            remarks.push_back(public_summary_of({*failure, statement, ""}));
        }
    }
}

bool can_connect(pg::ConnInfo where, const std::string& database) {
    where.dbname = database;
    try {
        pg::AdminSession probe(where);
        return true;
    } catch (const Error&) {
        return false;
    }
}

// A library that this server does not have (session_preload_libraries) would keep every session
// out.
void make_reachable(const std::string& database, const pg::ConnInfo& where,
                    pg::AdminSession& session, std::vector<std::string>& remarks) {
    if (can_connect(where, database)) return;
    for (const std::string parameter : {"session_preload_libraries", "local_preload_libraries"}) {
        apply({"ALTER DATABASE " + quoted_identifier(database) + " RESET " + parameter}, session,
              remarks);
    }
    remarks.push_back("the database's own preloaded libraries were left out: the server lacks one");
}

// "shop.pg_catalog.pg_class"
bool is_of_the_system(const std::string& line) {
    return line.find(".pg_catalog.") != std::string::npos ||
           line.find(".pg_toast.") != std::string::npos ||
           line.find(".information_schema.") != std::string::npos;
}

void vacuum_and_analyze(const std::string& database, int jobs, scratch::Engine& engine,
                        scratch::ScratchServer& server, Progress& progress) {
    progress.begin("vacuum and analyze");
    std::uint64_t tables = 0;
    scratch::ClientTool tool;
    tool.program = "vacuumdb";
    tool.dbname = connection_to(database, engine.server_version());
    tool.args = {"--analyze", "--verbose", "--jobs=" + std::to_string(jobs)};
    tool.on_stderr_line = [&](const std::string& line) {
        // INFO:  vacuuming "shop.public.audit_log"
        constexpr std::string_view kBegins = "INFO:  vacuuming \"";
        if (!line.starts_with(kBegins) || is_of_the_system(line)) return;
        progress.update(++tables, std::nullopt, Progress::Unit::objects,
                        line.substr(kBegins.size(), line.rfind('"') - kBegins.size()));
    };
    const auto result = engine.run_client_tool(server, tool);
    if (!result.ok()) {
        throw Error(server.is_running() ? ErrorKind::snapshot : ErrorKind::scratch,
                    "vacuumdb ended with exit code " + std::to_string(result.exit_code))
            .with_output(result.err);
    }
    progress.end(std::to_string(tables) + " tables");
}

// The session stands in another database than the one to be made: "postgres" may have to be made
// anew.
pg::ConnInfo beside(pg::ConnInfo where, const std::string& database) {
    where.dbname = database == "postgres" ? "template1" : "postgres";
    return where;
}

RestoreResult restore(const snapshot::Snapshot& snapshot, scratch::Engine& engine,
                      scratch::ScratchServer& server, const RestoreOptions& options,
                      Progress& progress) {
    refuse_newer_dump(snapshot, engine);
    const DatabaseDefinition definition = definition_for(snapshot);
    pg::AdminSession session(beside(server.address(), definition.name));
    require_extensions(snapshot, engine, session);

    RestoreResult result;
    result.database = definition.name;
    const auto started = Clock::now();
    result.roles_made = make_missing_roles(snapshot.roles, session);
    create_database(definition, session, result.harmless);
    // A template database of production's was given another name; what is said about it would hit
    // the server's own.
    const bool keeps_name = definition.name == snapshot.database;
    if (keeps_name) apply(settings_of(snapshot), session, result.harmless);
    if (snapshot.archive) {
        load_archive(snapshot, definition.name, options.jobs, engine, server, progress,
                     result.harmless);
    } else {
        load_plain(snapshot, definition.name, engine, server, progress, result.harmless);
    }
    result.restore_elapsed = Clock::now() - started;

    const auto vacuum_started = Clock::now();
    vacuum_and_analyze(definition.name, options.jobs, engine, server, progress);
    result.vacuum_elapsed = Clock::now() - vacuum_started;

    if (keeps_name) apply(statements_about_database(snapshot), session, result.harmless);
    make_reachable(definition.name, server.address(), session, result.harmless);
    session.checkpoint();
    return result;
}

}  // namespace

void require_space(const snapshot::Snapshot& snapshot, scratch::Engine& engine) {
    const std::uint64_t free = engine.free_bytes();
    const std::uint64_t needed = estimated_bytes(snapshot);
    if (free == 0 || free >= needed) return;
    throw Error(ErrorKind::snapshot,
                "not enough disk: restoring " + snapshot.name + " takes about " +
                    format_bytes(needed) + ", and " + format_bytes(free) + " are free",
                {is_local(engine) ? "Set TMPDIR to a folder on a larger disk."
                                  : "Free space where " + engine.name() + " keeps its volumes (" +
                                        engine.name() +
                                        " system df), or use --engine local with TMPDIR on a "
                                        "larger disk."});
}

RestoreResult restore_snapshot(const snapshot::Snapshot& snapshot, scratch::Engine& engine,
                               scratch::ScratchServer& server, const RestoreOptions& options,
                               Progress& progress) {
    return in_context("restoring " + snapshot.name,
                      [&] { return restore(snapshot, engine, server, options, progress); });
}

}  // namespace rehearse::restore
