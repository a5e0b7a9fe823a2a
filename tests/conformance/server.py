"""A PostgreSQL of our own that the real tools migrate: it listens on a loopback port, because not every tool knows sockets."""

import os
import pathlib
import pwd
import re
import shutil
import socket
import subprocess
import tempfile
import time

READY_WITHIN_S = 60

# log_line_prefix below: SQLSTATE, database. A line that goes on begins with a tab.
LOG_LINE = re.compile(r"^(?P<sqlstate>[0-9A-Z]{5}) (?P<database>\S*) (?P<kind>[A-Z]+): {1,2}(?P<text>.*(?:\n\t.*)*)", re.M)


def find_binaries():
    """The folder of the newest server, None without one."""
    if chosen := os.environ.get("REHEARSE_TEST_PG_BIN"):
        return pathlib.Path(chosen)
    found = [p.parent for p in pathlib.Path("/usr/lib/postgresql").glob("*/bin/initdb")]
    if found:
        return max(found, key=lambda folder: int(folder.parent.name))
    initdb = shutil.which("initdb")
    return pathlib.Path(initdb).resolve().parent if initdb else None


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Server:
    def __init__(self, binaries):
        self.binaries = binaries
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="rehearse-conformance-pg-"))
        self.as_postgres = {}
        if os.geteuid() == 0:  # PostgreSQL does not run as root
            user = pwd.getpwnam("postgres")
            os.chown(self.folder, user.pw_uid, user.pw_gid)
            self.as_postgres = {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []}
        self.port = free_port()
        self.databases = 0
        self.process = None

    def start(self):
        data = self.folder / "data"
        subprocess.run(
            [self.binaries / "initdb", "--pgdata", data, "--username=postgres", "--auth=trust", "--encoding=UTF8",
             "--locale=C.UTF-8", "--no-sync"],
            stdout=subprocess.DEVNULL, cwd="/", check=True, **self.as_postgres,
        )
        settings = {
            "listen_addresses": "127.0.0.1", "port": self.port, "unix_socket_directories": self.folder, "fsync": "off",
            "log_line_prefix": "%e %d ", "log_min_messages": "error", "lc_messages": "C",
        }
        with open(self.folder / "log", "wb") as log:
            self.process = subprocess.Popen(
                [self.binaries / "postgres", "-D", data, *(f"--{name}={value}" for name, value in settings.items())],
                stdout=log, stderr=log, cwd="/", **self.as_postgres,
            )
        deadline = time.monotonic() + READY_WITHIN_S
        while self.client("psql", "postgres", "--command=SELECT 1", check=False).returncode != 0:
            if self.process.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError(f"the server does not answer:\n{self.log()}")
            time.sleep(0.02)

    def stop(self):
        if self.process is not None and self.process.poll() is None:
            self.process.terminate()
            try:
                self.process.wait(20)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
        shutil.rmtree(self.folder, ignore_errors=True)

    def client(self, program, database, *args, check=True):
        where = ["--host", self.folder, "--port", str(self.port), "--username=postgres", f"--dbname={database}"]
        ran = subprocess.run([self.binaries / program, *where, *args], capture_output=True, text=True)
        if check and ran.returncode != 0:
            raise RuntimeError(f"{program}: {ran.stderr}")
        return ran

    def sql(self, database, text):
        args = ["--no-psqlrc", "--quiet", "--tuples-only", "--no-align", "--set=ON_ERROR_STOP=1", f"--command={text}"]
        return self.client("psql", database, *args).stdout

    def create_database(self, template="template1"):
        self.databases += 1
        name = f"shop_{self.databases}"
        self.sql("postgres", f"CREATE DATABASE {name} TEMPLATE {template}")
        return name

    def url(self, database):
        return f"postgres://postgres@127.0.0.1:{self.port}/{database}?sslmode=disable"

    def log(self):
        return (self.folder / "log").read_text(errors="replace")

    def errors_since(self, begin, database):
        """(SQLSTATE, message, statement) of each ERROR in this database that the log has after its first `begin` characters."""
        errors = []
        for line in LOG_LINE.finditer(self.log(), begin):
            if line["database"] != database:
                continue
            text = line["text"].replace("\n\t", "\n")
            if line["kind"] == "ERROR":
                errors.append((line["sqlstate"], text, ""))
            elif line["kind"] == "STATEMENT" and errors:
                errors[-1] = (*errors[-1][:2], text)
        return errors
