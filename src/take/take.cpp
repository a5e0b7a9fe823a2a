#include "rehearse/take/take.hpp"

#include "rehearse/base/error.hpp"
#include "rehearse/base/files.hpp"
#include "rehearse/base/interrupt.hpp"
#include "rehearse/base/private_tree.hpp"
#include "rehearse/base/size.hpp"
#include "rehearse/pg/production_session.hpp"
#include "rehearse/snapshot/remote.hpp"

#include "take/bundle.hpp"
#include "take/client_programs.hpp"
#include "take/dump.hpp"
#include "take/facts_json.hpp"
#include "take/rights.hpp"

#include <unistd.h>

#include <cerrno>
#include <cstring>

namespace rehearse::take {

namespace {

// pg_monitor came with it.
constexpr int kOldestMajor = 10;

// Where a bundle for a remote place is written first.
fs::path staging() {
    return default_cache_folder() / "taking";
}

fs::path local_place(const TakeOptions& options) {
    return snapshot::is_remote(options.to.string()) ? staging() : options.to;
}

void check_place(const fs::path& place) {
    make_private_folder(place);
    if (access(place.c_str(), W_OK | X_OK) == 0) return;
    throw Error(ErrorKind::usage,
                "cannot write into " + place.string() + ": " + std::strerror(errno),
                {"Name a folder that you may write to with --to."});
}

void check_version(pg::ServerVersion version) {
    if (version.major() >= kOldestMajor) return;
    throw Error(ErrorKind::snapshot,
                "production is PostgreSQL " + version.text() + ", which is too old for this",
                {"Take the snapshot with pg_dump -Fc; a rehearsal reads that, too."});
}

// A compressed dump is rarely larger than half of its tables.
void warn_of_little_room(const pg::Traffic& traffic, const fs::path& place, Progress& progress) {
    std::uint64_t bytes = 0;
    for (const auto& table : traffic.tables) bytes += static_cast<std::uint64_t>(table.table_bytes);
    const auto free = free_bytes(place);
    if (free >= bytes / 2) return;
    progress.warn("only " + format_bytes(free) + " are free in " + place.string() +
                  "; production's tables have " + format_bytes(bytes));
}

Bundle begin_bundle(const TakeOptions& options, const std::string& database,
                    WallClock::time_point now) {
    const auto place = local_place(options);
    if (!options.name.empty()) return Bundle(place, options.name);
    return Bundle::under_free_name(place, name_for(database, to_iso8601(now)));
}

// A remote place is written to before the dump is made: one that takes nothing is told at once.
std::optional<snapshot::RemoteUpload> begin_upload(const TakeOptions& options,
                                                   const std::string& name,
                                                   process::ProcessRunner& runner) {
    const std::string place = options.to.string();
    if (!snapshot::is_remote(place)) return std::nullopt;
    return std::make_optional<snapshot::RemoteUpload>(place, name, runner);
}

snapshot::Manifest manifest_of(const pg::ProductionIdentity& identity, const TakeOptions& options,
                               WallClock::time_point taken_at) {
    snapshot::Manifest manifest;
    manifest.tool_version = options.tool_version;
    manifest.taken_at = taken_at;
    manifest.server_version = identity.version;
    manifest.database = identity.database;
    manifest.system_identifier = identity.system_identifier;
    manifest.from_replica = identity.in_recovery;
    return manifest;
}

}  // namespace

std::vector<std::string> sweep_staging() {
    std::vector<std::string> removed;
    for (const auto& folder : remove_abandoned_in(staging()))
        removed.push_back("folder " + folder.string());
    return removed;
}

Taken take_snapshot(const TakeOptions& options, process::ProcessRunner& runner,
                    Progress& progress) {
    if (!options.name.empty()) check_name(options.name);
    auto address = pg::ProductionAddress::parse(options.from);
    check_place(local_place(options));
    sweep_staging();

    progress.begin("looking at production");
    pg::ProductionSession session(address, options.lock_wait_timeout);
    address.pin_to(session.host(), session.numeric_address(), session.port());
    const auto identity = session.read_identity();
    check_version(identity.version);
    require_rights(identity, session.read_missing_rights());
    const Clients clients{find_client_folder(identity.version, runner, progress), address, runner};
    const auto traffic = session.read_traffic();
    warn_of_little_room(traffic, local_place(options), progress);

    const auto taken_at = WallClock::now();
    auto bundle = begin_bundle(options, identity.database, taken_at);
    auto upload = begin_upload(options, bundle.name(), runner);
    const auto write = [&bundle](const char* name, const std::string& content) {
        write_file_atomically(bundle.path() / name, content);
    };
    write("settings.json",
          settings_json(session.read_settings(), session.read_setting_overrides()));
    write("traffic.json", traffic_json(traffic, identity.in_recovery));
    write("top_queries.json", top_queries_json(session.read_top_queries()));
    dump_roles(clients, identity.database, bundle.path() / "roles.sql");

    progress.begin("dumping " + identity.database);
    dump_database(clients, options, traffic.tables, session, bundle.path() / "dump", progress);

    progress.begin("checksums");
    auto manifest = manifest_of(identity, options, taken_at);
    manifest.files = snapshot::files_below(bundle.path(), runner, &progress);
    write(snapshot::kManifestName, to_json(manifest));
    make_tree_private(bundle.path());
    progress.end("");
    Interrupt::throw_if_requested();

    const fs::path path =
        upload ? fs::path(upload->finish(bundle.path(), progress)) : bundle.publish();
    Taken taken{path, 0, std::move(manifest)};
    for (const auto& file : taken.manifest.files) taken.size_bytes += file.size_bytes;
    return taken;
}

}  // namespace rehearse::take
