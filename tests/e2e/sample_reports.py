"""Reports to draw, made from the one of the demo: hostile text, very many holds, long names."""

import copy
import json
import pathlib

DEMO = pathlib.Path(__file__).resolve().parents[1] / "unit/report/golden/demo/report.json"
MODES = ("AccessShareLock", "RowExclusiveLock", "ShareUpdateExclusiveLock", "ShareLock", "AccessExclusiveLock")

HOSTILE = (
    "<script>window.broken = 1</script>",
    "\"><img src=x onerror='window.broken = 1'>",
    "]]></title></svg></script><b>",
    "\u202eedirrevo\u202c \u0007\u001b[31m",
    "n" * 300,
    "表" * 120,
)


def demo():
    return json.loads(DEMO.read_text())


def hold(template, relation, mode, start, end):
    return template | {
        "relation": relation,
        "mode": mode,
        "acquired_ms": start,
        "released_ms": end,
        "held_ms": end - start,
    }


def hostile():
    """Every text that a migration or a server can have a say in."""
    report = demo()
    report["snapshot"]["name"] = HOSTILE[0]
    report["warnings"] = list(HOSTILE)
    for number, migration in enumerate(report["migrations"]):
        text = HOSTILE[number % len(HOSTILE)]
        migration |= {"name": text, "path": text, "because": text}
        if migration["error"]:
            migration["error"] |= {"message": text, "detail": text, "hint": text, "left_behind": [text]}
        for statement in migration["statements"]:
            statement["sql"] = f"SELECT '{text}'\n-- {text}"
            statement["notices"] = [{"severity": text, "sqlstate": "00000", "message": text}]
            for lock in statement["locks"]:
                lock["relation"] = text
        for blocking in migration["blocking"]:
            blocking["relation"] = text
        for finding in migration["findings"]:
            finding |= {"message": text, "instead": f"{text}\n{text}", "allowed_because": ""}
    return report


def many(calm):
    """The demo with so many migrations before it that did next to nothing; the third of those wrote the most."""
    report = demo()
    for number in range(calm):
        migration = copy.deepcopy(report["migrations"][0])
        migration |= {"version": f"{number:04}", "name": f"add_note_to_table_{number}"}
        if number == 2:
            migration["statements"][-1]["wal_bytes"] = 2**40
        report["migrations"].insert(number, migration)
    return report


def right_to_left():
    """Names that are written from right to left, each beside a number."""
    report = demo()
    for migration in report["migrations"]:
        migration["name"] = "חשבוניות"
        for blocking in migration["blocking"]:
            blocking["relation"] = "חשבוניות"
    return report


def of_duration(seconds):
    """One statement that took so long, on an axis of its own."""
    report = demo()
    migration = report["migrations"][1]
    report["migrations"] = [migration | {"elapsed_ms": 1000.0 * seconds, "blocking": []}]
    migration["statements"][0] |= {"elapsed_ms": 1000.0 * seconds, "locks": []}
    return report


def large(migrations, holds):
    """So many holds, spread over the migrations; every third of those is not calm."""
    report = demo()
    template = report["migrations"][1]
    statement, lock = template["statements"][0], template["statements"][0]["locks"][0]
    report["migrations"] = []
    each = holds // migrations
    for number in range(migrations):
        migration = copy.deepcopy(template)
        loud = number % 3 == 0
        migration |= {"version": f"{number:04}", "name": f"change_table_{number}", "elapsed_ms": 1000.0 + number}
        if not loud:
            migration |= {"blocking": [], "findings": []}
        migration["statements"] = []
        for ordinal in range(1, 6):
            line = statement | {
                "ordinal": ordinal,
                "line": ordinal,
                "sql": f"ALTER TABLE table_{number} ADD COLUMN c{ordinal} text",
                "elapsed_ms": migration["elapsed_ms"] / 5,
            }
            first = (ordinal - 1) * each // 5
            line["locks"] = [
                hold(lock, f"table_{number}_{n // 3}", MODES[n % 5], n, n + 10 + (n * 37) % 900)
                for n in range(first, ordinal * each // 5)
            ]
            migration["statements"].append(line)
        report["migrations"].append(migration)
    report["label"] = "ok"
    return report
