"""How each tool's folder is written, how the tool itself is run, and where it remembers what it ran."""

import dataclasses
import hashlib
import json
import os
import pathlib
import re
import shutil
import subprocess
import urllib.parse

DRIVERS = pathlib.Path(__file__).resolve().parent / "drivers"
LONGEST_RUN_S = 600  # of a tool, whatever else the machine does


@dataclasses.dataclass(frozen=True)
class Place:
    """Where one run of a tool happens."""

    project: pathlib.Path  # working folder, where a configuration would be
    url: str  # of the database
    installed: pathlib.Path  # what scripts/install-migration-tools filled
    home: pathlib.Path  # for what a tool wants to remember of its user


class Tool:
    name = ""  # as `rehearse --tool` takes it
    folder = "migrations"  # in the project; what `rehearse --migrations` is given
    # Versions and checksums in the order in which they were written; no times, which differ. Empty: it writes none.
    history = ""
    rehearse_options = ()
    cannot = ()  # scenarios that this tool's folders cannot have
    differs = {}  # scenario -> how rehearse ends instead, and why it may

    def missing(self, installed):
        """What is not installed, None when all is there."""
        program = self.program(installed)[0]
        return None if shutil.which(program) else str(program)

    def program(self, installed):
        return [installed / "node_modules" / ".bin" / self.name]

    def write(self, project, steps):
        folder = project / self.folder
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        for step in steps:
            self.write_step(folder, step)

    def write_step(self, folder, step):
        raise NotImplementedError

    def arguments(self, place):
        raise NotImplementedError

    def environment(self, place):
        return {}

    def run(self, place):
        environment = {
            "PATH": os.environ["PATH"], "HOME": str(place.home), "LC_ALL": "C.UTF-8", "DATABASE_URL": place.url,
            **self.environment(place),
        }
        command = [*self.program(place.installed), *self.arguments(place)]
        return subprocess.run(
            command, cwd=place.project, env=environment, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT, text=True, timeout=LONGEST_RUN_S,
        )


# Go's lib/pq does not like to find its transaction ended: the tool stops after that file, which is applied and recorded, and the
# next deploy goes on. rehearse goes on at once, to what fails after it.
GOES_ON_AFTER_AN_INNER_COMMIT = (
    '23505: could not create unique index "customers_email"', "an error of the driver alone, and the file is applied"
)


class Plain(Tool):
    """psql itself, in a loop. rehearse cannot know the loop's table, so it writes no row."""

    name = "plain"
    rehearse_options = ("--history-query", "SELECT file FROM deployed")
    cannot = ("first_run",)  # there is no such table yet

    def program(self, installed):
        return [DRIVERS / "psql.sh"]

    def write_step(self, folder, step):
        (folder / f"{step.number:04}_{step.name}.sql").write_text(step.up)

    def arguments(self, place):
        return [place.url, place.project / self.folder]


class Dbmate(Tool):
    name = "dbmate"
    folder = "db/migrations"
    history = "SELECT version FROM schema_migrations"
    differs = {
        "own_transaction": GOES_ON_AFTER_AN_INNER_COMMIT,
        "search_path_that_stays": (
            "ok", "dbmate looks for its table in the schema that the file put first; rehearse writes to the one that it found"
        ),
    }

    def write_step(self, folder, step):
        option = "" if step.transaction else " transaction:false"
        text = f"-- migrate:up{option}\n{step.up}\n-- migrate:down\n{step.down}"
        (folder / f"{step.number:04}_{step.name}.sql").write_text(text)

    def arguments(self, place):
        return ["--no-dump-schema", "up"]


class NodePgMigrate(Tool):
    """Its SQL files cannot ask for no transaction."""

    name = "node-pg-migrate"
    history = "SELECT id, name FROM pgmigrations ORDER BY id"

    def write_step(self, folder, step):
        text = f"-- Up Migration\n{step.up}\n-- Down Migration\n{step.down}"
        (folder / f"{step.number:04}_{step.name}.sql").write_text(text)

    def arguments(self, place):
        return ["up"]


class Supabase(Tool):
    """Sees by itself which statements cannot be in a transaction."""

    name = "supabase"
    folder = "supabase/migrations"
    history = "SELECT version, name, statements FROM supabase_migrations.schema_migrations"

    def write_step(self, folder, step):
        (folder / f"{step.number:04}_{step.name}.sql").write_text(step.up)

    def arguments(self, place):
        return ["migration", "up", "--yes", f"--remote={place.url}"]


class NodeLibrary(Tool):
    """Has no command: an application calls it, as drivers/NAME.mjs does."""

    library = ""

    def missing(self, installed):
        if shutil.which("node") is None:
            return "node"
        folder = installed / "node_modules" / self.library
        return None if folder.exists() else str(folder)

    def program(self, installed):
        return ["node", DRIVERS / f"{self.name}.mjs", installed]

    def arguments(self, place):
        return [place.url, place.project / self.folder]


class Drizzle(NodeLibrary):
    """No file of it can do without the transaction."""

    name = "drizzle"
    library = "drizzle-orm"
    folder = "drizzle"
    history = "SELECT id, hash, created_at FROM drizzle.__drizzle_migrations ORDER BY id"

    def write(self, project, steps):
        super().write(project, steps)
        meta = project / self.folder / "meta"
        meta.mkdir()
        entries = [
            {"idx": i, "version": "7", "when": 1700000000000 + step.number, "tag": f"{step.number:04}_{step.name}",
             "breakpoints": True}
            for i, step in enumerate(steps)
        ]
        journal = {"version": "7", "dialect": "postgresql", "entries": entries}
        (meta / "_journal.json").write_text(json.dumps(journal, indent=2))

    def write_step(self, folder, step):
        chunks = [step.up] if "$body$" in step.up else re.split(r"(?<=;)\n(?=[A-Z])", step.up)
        (folder / f"{step.number:04}_{step.name}.sql").write_text("\n--> statement-breakpoint\n".join(chunks))


class PostgresMigrations(NodeLibrary):
    """Numbers without gaps; its row 0 is the table's own migration."""

    name = library = "postgres-migrations"
    cannot = ("out_of_order",)
    history = "SELECT id, name, hash FROM migrations ORDER BY id"

    def write_step(self, folder, step):
        words = "" if step.transaction else "-- postgres-migrations disable-transaction\n"
        (folder / f"{step.number}_{step.name}.sql").write_text(words + step.up)


class Postgrator(NodeLibrary):
    """A file is one Query, always."""

    name = library = "postgrator"
    history = "SELECT version, name, md5 FROM schemaversion"

    def write_step(self, folder, step):
        (folder / f"{step.number:03}.do.{step.name}.sql").write_text(step.up)
        (folder / f"{step.number:03}.undo.{step.name}.sql").write_text(step.down)


class Prisma(Tool):
    """A file is one Query, always. See drivers/prisma.mjs."""

    name = "prisma"
    folder = "prisma/migrations"
    history = (
        "SELECT migration_name, checksum, finished_at IS NOT NULL, rolled_back_at IS NOT NULL, applied_steps_count "
        "FROM _prisma_migrations ORDER BY started_at"
    )

    def write(self, project, steps):
        super().write(project, steps)
        (project / self.folder / "migration_lock.toml").write_text('provider = "postgresql"\n')
        (project / "prisma" / "schema.prisma").write_text(
            'datasource db {\n  provider = "postgresql"\n  url = env("DATABASE_URL")\n}\n\n'
            'generator client {\n  provider = "prisma-client"\n  output = "./client"\n  engineType = "client"\n}\n'
        )
        (project / "prisma.config.mjs").write_text(f'export {{ default }} from "{DRIVERS}/prisma.mjs";\n')

    def write_step(self, folder, step):
        migration = folder / f"202401{step.number:02}000000_{step.name}"
        migration.mkdir()
        (migration / "migration.sql").write_text(step.up)

    def arguments(self, place):
        return ["migrate", "deploy"]

    def environment(self, place):
        return {"INSTALLED": str(place.installed), "CHECKPOINT_DISABLE": "1"}


class GraphileMigrate(Tool):
    name = "graphile-migrate"
    history = "SELECT filename, hash, previous_hash FROM graphile_migrate.migrations ORDER BY filename"

    def write(self, project, steps):
        folder = project / self.folder / "committed"
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        (project / self.folder / "current.sql").write_text("-- Enter migration here\n")
        (project / ".gmrc").write_text("{}\n")
        previous = None
        for step in steps:
            words = "" if step.transaction else "--! no-transaction\n"
            text = f"{previous or ''}\n{words}{(step.was or step.up).strip()}".strip() + "\n"
            digest = "sha1:" + hashlib.sha1(text.encode()).hexdigest()
            header = f"--! Previous: {previous or '-'}\n--! Hash: {digest}\n\n"
            (folder / f"{step.number:06}-{step.name}.sql").write_text(header + words + step.up)
            previous = digest

    def arguments(self, place):
        return ["migrate"]

    def environment(self, place):
        root = urllib.parse.urlsplit(place.url)._replace(path="/postgres").geturl()
        return {"ROOT_DATABASE_URL": root, "SHADOW_DATABASE_URL": place.url + "_shadow"}


class Liquibase(Tool):
    """Its checksums are its own affair."""

    name = "liquibase"
    folder = "changelog"
    history = "SELECT id, author, filename, exectype FROM databasechangelog ORDER BY orderexecuted"

    def missing(self, installed):
        if shutil.which("java") is None:
            return "java"
        jar = self.libraries(installed) / "postgresql.jar"
        return None if jar.exists() else str(jar)

    @staticmethod
    def libraries(installed):
        return installed / "node_modules" / "liquibase" / "dist" / "liquibase" / "internal" / "lib"

    def program(self, installed):
        main = "liquibase.integration.commandline.LiquibaseCommandLine"
        return ["java", "-Xshare:auto", "-XX:TieredStopAtLevel=1", "-cp", f"{self.libraries(installed)}/*", main]

    def write_step(self, folder, step):
        option = "" if step.transaction else " runInTransaction:false"
        undo = "".join(f"--rollback {line}\n" for line in step.down.splitlines())
        text = f"--liquibase formatted sql\n\n--changeset ann:{step.number}-{step.name}{option}\n{step.up}{undo}"
        (folder / f"{step.number:04}_{step.name}.sql").write_text(text)

    def write(self, project, steps):
        super().write(project, steps)
        (project / self.folder / "db.changelog-master.yaml").write_text(
            "databaseChangeLog:\n"
            + "".join(
                f"  - include:\n      file: {step.number:04}_{step.name}.sql\n      relativeToChangelogFile: true\n"
                for step in steps
            )
        )

    def arguments(self, place):
        where = urllib.parse.urlsplit(place.url)
        return [
            "--show-banner=false", f"--search-path={place.project / self.folder}",
            "update", "--changelog-file=db.changelog-master.yaml",
            f"--url=jdbc:postgresql://{where.hostname}:{where.port}{where.path}", f"--username={where.username}",
        ]


class Sqitch(Tool):
    name = "sqitch"
    folder = "."
    history = "SELECT change_id, change, script_hash FROM sqitch.changes ORDER BY committed_at"

    def program(self, installed):
        return ["sqitch"]

    def write(self, project, steps):
        for kind in ("deploy", "revert"):
            shutil.rmtree(project / kind, ignore_errors=True)
            (project / kind).mkdir(parents=True)
        (project / "sqitch.conf").write_text("[core]\n\tengine = pg\n")
        plan = ["%syntax-version=1.0.0", "%project=shop", ""]
        for step in steps:
            around = ("BEGIN;\n", "COMMIT;\n") if step.transaction and "BEGIN;" not in step.up.splitlines() else ("", "")
            (project / "deploy" / f"{step.name}.sql").write_text(f"-- Deploy shop:{step.name} to pg\n\n" + step.up.join(around))
            (project / "revert" / f"{step.name}.sql").write_text(step.down)
            plan.append(f"{step.name} 2024-01-{step.number:02}T00:00:00Z Ann <ann@example.org> # {step.name}")
        (project / "sqitch.plan").write_text("\n".join(plan) + "\n")

    def arguments(self, place):
        # Its own mode reverts all that it deployed when one change fails; rehearse shows what there is at the failure.
        return ["deploy", "--mode", "change", place.url.replace("postgres://", "db:pg://")]

    def environment(self, place):
        return {"SQITCH_FULLNAME": "Ann", "SQITCH_EMAIL": "ann@example.org"}


class SqlMigrate(Tool):
    name = "sql-migrate"
    history = "SELECT id FROM gorp_migrations"
    differs = {"own_transaction": GOES_ON_AFTER_AN_INNER_COMMIT}

    def program(self, installed):
        return ["sql-migrate"]

    def write(self, project, steps):
        super().write(project, steps)
        (project / "dbconfig.yml").write_text(
            f"development:\n  dialect: postgres\n  datasource: ${{DATABASE_URL}}\n  dir: {self.folder}\n"
        )

    def write_step(self, folder, step):
        option = "" if step.transaction else " notransaction"
        text = f"-- +migrate Up{option}\n{step.up}\n-- +migrate Down{option}\n{step.down}"
        (folder / f"{step.number:04}_{step.name}.sql").write_text(text)

    def arguments(self, place):
        return ["up"]


TOOLS = {
    tool.name: tool()
    for tool in (
        Dbmate, Drizzle, GraphileMigrate, Liquibase, NodePgMigrate, Plain, PostgresMigrations, Postgrator, Prisma, Sqitch,
        SqlMigrate, Supabase,
    )
}
