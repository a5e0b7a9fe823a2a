"""What the benchmarks share: a private folder, a throw-away default cluster, runs of rehearse, medians."""

import contextlib
import json
import math
import os
import pathlib
import pwd
import shutil
import signal
import statistics
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
REHEARSE = os.environ.get("REHEARSE_BINARY", str(ROOT / "build/release/src/cli/rehearse"))


def server_binaries():
    """The newest PostgreSQL's bin folder."""
    if "REHEARSE_PG_BINDIR" in os.environ:
        return pathlib.Path(os.environ["REHEARSE_PG_BINDIR"])
    found = sorted(pathlib.Path("/usr/lib/postgresql").glob("*/bin"), key=lambda p: int(p.parent.name))
    if not found:
        raise SystemExit("no PostgreSQL server found: apt install postgresql")
    return found[-1]


def unprivileged():
    """initdb refuses to run as root: arguments for subprocess that step down where we are root."""
    if os.getuid() != 0:
        return {}
    user = pwd.getpwnam("postgres")
    return {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []}


@contextlib.contextmanager
def private_folder():
    signal.signal(signal.SIGTERM, lambda *_: sys.exit("terminated"))  # as Ctrl-C: what follows is still cleaned up
    folder = pathlib.Path(tempfile.mkdtemp(prefix="rehearse-bench-"))
    if os.getuid() == 0:
        shutil.chown(folder, "postgres", "postgres")
    try:
        yield folder
    finally:
        shutil.rmtree(folder)


@contextlib.contextmanager
def default_cluster(folder, *settings):
    """A server as initdb leaves it, on a unix socket in `folder`; yields the environment for its clients."""
    bin_folder, data = server_binaries(), folder / "cluster"
    quiet = {"stdout": subprocess.DEVNULL, "check": True, "cwd": "/", **unprivileged()}
    subprocess.run([bin_folder / "initdb", "-D", data, "-A", "trust", "-U", "postgres"], **quiet)
    options = f"-c listen_addresses='' -c unix_socket_directories={folder} " + " ".join(f"-c {s}" for s in settings)
    subprocess.run([bin_folder / "pg_ctl", "-D", data, "-w", "-l", folder / "log", "-o", options, "start"], **quiet)
    try:
        yield {**os.environ, "PGHOST": str(folder), "PGUSER": "postgres", "PGDATABASE": "postgres",
               "PATH": f"{bin_folder}:{os.environ['PATH']}"}
    finally:
        subprocess.run([bin_folder / "pg_ctl", "-D", data, "-m", "immediate", "stop"], **quiet)
        shutil.rmtree(data)


def run_rehearse(folder, dump, migrations, *options, on_start=None):
    """Runs a rehearsal and returns its report; `on_start` gets the process while it runs."""
    out = folder / "out"
    shutil.rmtree(out, ignore_errors=True)
    process = subprocess.Popen(
        [REHEARSE, "--snapshot", dump, "--migrations", migrations, "--out", out, "--state", folder / "state",
         "--format", "json", "--fail-on", "never", *options],
        stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, cwd=folder)
    if on_start:
        on_start(process)
    _, messages = process.communicate()
    if process.returncode != 0:
        raise SystemExit(f"rehearse failed with {process.returncode}:\n{messages}")
    report = json.loads((out / "report.json").read_text())
    for migration in report["migrations"]:
        if migration["error"]:
            raise SystemExit(f"{migration['name']} failed: {migration['error']['message']}")
    return report


def spread(values, unit="s"):
    return f"{statistics.median(values):.2f} {unit} ({min(values):.2f}-{max(values):.2f})"


def median_bounds(values):
    """Between which of the values their true median lies, 19 times in 20: from their order alone (sign test)."""
    below, tail = 0, 1 / 2 ** len(values)  # the chance that at most `below` values are under the true median
    while tail + math.comb(len(values), below + 1) / 2 ** len(values) <= 0.025:
        below += 1
        tail += math.comb(len(values), below) / 2 ** len(values)
    in_order = sorted(values)
    return in_order[below], in_order[-1 - below]


def ratio_line(what, ours, theirs, goal=None):
    pairs = [a / b for a, b in zip(ours, theirs)]
    low, high = median_bounds(pairs)
    aim = f"; goal at most {goal}" if goal else ""
    return (f"{what}: {statistics.median(pairs):.3f} (median's bounds {low:.3f}-{high:.3f}, pairs "
            f"{min(pairs):.2f}-{max(pairs):.2f}{aim}), {spread(ours)} against {spread(theirs)}")
