#include "rehearse/app/snapshots.hpp"
#include "rehearse/base/error.hpp"
#include "rehearse/base/size.hpp"

#include "cli/options.hpp"
#include "cli/terminal.hpp"

namespace rehearse::cli {

namespace {

constexpr const char* kNeeds =
    "The role needs CONNECT, pg_monitor, and pg_read_all_data (before PostgreSQL 14: USAGE on "
    "every\n"
    "schema, SELECT on every table and sequence); BYPASSRLS where tables have row security. It is\n"
    "asked for its rights before the dump begins. Production is only read. Take it from a replica\n"
    "where there is one: until the dump ends, an ALTER TABLE on the same server waits for it, and\n"
    "everybody who wants that table waits behind the ALTER TABLE.\n\n"
    "Leave the password out of --from, where every user of this machine can see it: PGPASSWORD,\n"
    "~/.pgpass and service=NAME work as in psql.\n\n";

int take_snapshot(const take::TakeOptions& options, Context context) {
    if (options.lock_wait_timeout <= Millis::zero()) {
        throw Error(ErrorKind::usage, "--lock-wait-timeout must be more than 0",
                    {"PostgreSQL takes 0 for no limit; whoever wants a locked table would wait "
                     "behind the dump. Give 30s or 5min."});
    }
    const auto taken = app::take_snapshot(options, context.runner, context.progress);
    print(taken.bundle.string() + "  " + format_bytes(taken.size_bytes) + "  PostgreSQL " +
          taken.manifest.server_version.text() + "  " + taken.manifest.database + "\n");
    return 0;
}

}  // namespace

void add_snapshot_take_command(CLI::App& snapshot, const RunOptionsPtr& run, Command& chosen) {
    auto& take =
        add_command(snapshot, "take", "Dump production into a bundle, without writing to it",
                    "rehearse snapshot take --from postgres://reader@replica/shop --to /srv/dumps");
    take.footer(kNeeds + take.get_footer());
    take.fallthrough();
    const auto options = std::make_shared<take::TakeOptions>();
    take.add_option("--from", options->from, "Production: a URL or key=value string of libpq")
        ->type_name("URL")
        ->required();
    take.add_option("--to", options->to,
                    "Folder for the bundle, or rclone's NAME:PATH [that of --snapshots]")
        ->type_name("PLACE");
    take.add_option("--name", options->name, "Name of the bundle [DATABASE-TIME]")
        ->type_name("NAME");
    take.add_option("--jobs", options->jobs, "Tables that pg_dump copies side by side [2]")
        ->type_name("N")
        ->check(CLI::Range(1, 64));
    add_duration(take, "--lock-wait-timeout", options->lock_wait_timeout,
                 "How long pg_dump waits for a table that is locked");
    take.callback([run, options, &chosen] {
        if (options->to.empty()) options->to = run->rehearsal.snapshots;
        chosen = [options](Context context) { return take_snapshot(*options, context); };
    });
}

}  // namespace rehearse::cli
