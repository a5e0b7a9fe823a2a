#!/usr/bin/python3 -B
"""Runs the same folders with a migration tool itself and with `rehearse`, on two copies of one database, and compares how both end.

  conformance_test.py PATH/TO/rehearse FOLDER TOOL [SCENARIO...]

FOLDER is what scripts/install-migration-tools filled. Without the tool or PostgreSQL it is skipped (exit 77), and with CI=true it
fails.
"""

import concurrent.futures
import functools
import json
import os
import pathlib
import re
import shlex
import shutil
import subprocess
import sys
import tempfile
import unittest

import judge
import scenarios
import server
import tools

REFUSED = 5  # exit code: the migrations are unreadable, or the tool would stop before the first


class Conformance(unittest.TestCase):
    rehearse = installed = tool = binaries = None
    maxDiff = None

    @classmethod
    def setUpClass(cls):
        cls.server = server.Server(cls.binaries)
        cls.addClassCleanup(cls.server.stop)
        cls.server.start()
        cls.folder = pathlib.Path(tempfile.mkdtemp(prefix="rehearse-conformance-"))
        cls.addClassCleanup(shutil.rmtree, cls.folder, ignore_errors=True)
        cls.productions = {}

    @classmethod
    def place(cls, name, database):
        """Two tries see the same path: tools print and remember it."""
        project, home = cls.folder / name, cls.folder / "home"
        project.mkdir(exist_ok=True)
        home.mkdir(exist_ok=True)
        return tools.Place(project, cls.server.url(database), cls.installed, home)

    @classmethod
    def production(cls, applied):
        """(template, dump) of a database where the tool has applied these."""
        if applied not in cls.productions:
            database = cls.server.create_database()
            judge.set_up(cls.server, cls.tool, cls.place(database, database), applied, database)
            dump = cls.folder / f"{database}.dump"
            cls.server.client("pg_dump", database, "--format=custom", f"--file={dump}")
            cls.productions[applied] = database, dump
        return cls.productions[applied]

    def check(self, scenario):
        template, dump = self.production(scenario.applied)
        database = self.server.create_database(template)
        place = self.place(scenario.name, database)
        self.tool.write(place.project, scenario.then)

        with concurrent.futures.ThreadPoolExecutor() as side_by_side:
            real = side_by_side.submit(judge.real_ending, self.server, self.tool, place, database)
            rehearsed = side_by_side.submit(self.rehearsed_ending, place, dump)
        real, printed = real.result()
        rehearsed, told = rehearsed.result()

        said = f"\n== {self.tool.name} itself\n{printed}\n== rehearse\n{told}"
        outcome, reason = self.tool.differs.get(scenario.name, (real.outcome, None))
        self.assertEqual(outcome, rehearsed.outcome, said)
        if reason:
            self.assertNotEqual(real.outcome, outcome, f"no difference any more ({reason})")
            return
        self.assertEqual(real.history, rehearsed.history, said)
        self.assertEqual(real.schema, rehearsed.schema, said)

    def rehearsed_ending(self, place, dump):
        out = place.home / "out"
        shutil.rmtree(out, ignore_errors=True)
        environment = {
            "PATH": os.environ["PATH"], "HOME": str(place.home),
            "XDG_STATE_HOME": str(place.home / "state"), "XDG_CACHE_HOME": str(place.home / "cache"),
        }
        command = [
            self.rehearse, "--snapshot", dump, "--migrations", place.project / self.tool.folder, "--tool", self.tool.name,
            *self.tool.rehearse_options, "--engine", "local", "--out", out, "--no-history", "--fail-on", "failed",
            "--format", "json", "--keep-scratch",
        ]
        ran = subprocess.run(command, env=environment, cwd=place.project, capture_output=True, text=True)
        if ran.returncode == REFUSED:
            # Nothing ran: what the tool leaves is what the snapshot has.
            return self.untouched_ending(place, dump), ran.stderr
        self.assertIn(ran.returncode, (0, 1), ran.stderr)
        try:
            return self.ending_in(json.loads(ran.stdout), out, ran.stderr), ran.stderr
        finally:
            subprocess.run(printed_after("rehearse: remove it: ", ran.stderr), shell=True, check=True, stdout=subprocess.DEVNULL)

    def untouched_ending(self, place, dump):
        template, _ = next(one for one in self.productions.values() if one[1] == dump)
        query = functools.partial(self.server.sql, template)
        schema = self.server.client("pg_dump", template, "--schema-only").stdout
        return judge.Ending("refused", judge.comparable(schema), judge.history_of(self.tool, query))

    def ending_in(self, report, out, stderr):
        connect = printed_after("; connect: ", stderr)

        def query(text):
            command = f"{connect} --no-psqlrc --quiet --tuples-only --no-align --command={shlex.quote(text)}"
            return subprocess.run(command, shell=True, check=True, capture_output=True, text=True).stdout

        failed = [one["error"] for one in report["migrations"] if one["label"] == "failed"]
        outcome = "{sqlstate}: {message}".format(**failed[0]) if failed else "ok"
        schema = judge.comparable((out / "schema-after.sql").read_text())
        return judge.Ending(outcome, schema, judge.history_of(self.tool, query))


def printed_after(words, text):
    return re.search(re.escape(words) + "(.*)", text)[1]


def give_tests(names):
    for scenario in scenarios.SCENARIOS:
        if scenario.name in Conformance.tool.cannot or (names and scenario.name not in names):
            continue
        setattr(Conformance, f"test_{scenario.name}", lambda self, one=scenario: self.check(one))


def main():
    rehearse, installed, name, *names = sys.argv[1:]
    Conformance.rehearse = pathlib.Path(rehearse).resolve()
    Conformance.installed = pathlib.Path(installed).resolve()
    Conformance.tool = tools.TOOLS[name]
    Conformance.binaries = server.find_binaries()
    missing = "a PostgreSQL server" if Conformance.binaries is None else Conformance.tool.missing(Conformance.installed)
    if missing:
        print(f"{missing} is missing: run scripts/install-migration-tools", file=sys.stderr)
        sys.exit(1 if os.environ.get("CI") == "true" else 77)
    give_tests(names)
    unittest.main(argv=sys.argv[:1])


if __name__ == "__main__":
    main()
