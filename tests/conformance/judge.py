"""Applies one scenario with a real tool and tells what became of the database."""

import dataclasses
import re

import scenarios


@dataclasses.dataclass(frozen=True)
class Ending:
    outcome: str  # "ok", "refused", or "SQLSTATE: message" of the statement that failed
    schema: str
    history: str


def comparable(schema):
    """A dump of the schema without what depends on who dumped it: comments, settings, owners."""
    left_out = re.compile(r"^(--.*|SET .*|SELECT pg_catalog\.set_config.*|ALTER .* OWNER TO .*|\\(un)?restrict .*|\s*)$")
    return "\n".join(line for line in schema.splitlines() if not left_out.match(line)) + "\n"


def set_up(server, tool, place, applied, database):
    """Production as the team's last deploy left it: its schema by the real tool, then its rows."""
    if not applied:
        return
    tool.write(place.project, applied)
    ran = tool.run(place)
    if ran.returncode != 0:
        raise AssertionError(f"{tool.name} did not apply what is to be there before:\n{ran.stdout}")
    server.sql(database, scenarios.ROWS)


def outcome_of(ran, errors):
    """The server's word where the tool stopped at an error of the server's that it printed, else "refused"."""
    if ran.returncode == 0:
        return "ok"
    # What a tool asks to learn whether its table is there also ends in the server's log, but not in what it prints.
    printed = [(state, text) for state, text, _ in errors if message_of(text) in ran.stdout]
    return "{}: {}".format(printed[-1][0], message_of(printed[-1][1])) if printed else "refused"


def message_of(text):
    """The log adds the position, which counts from where the tool's text begins."""
    return re.sub(r" at character \d+$", "", text.splitlines()[0])


def history_of(tool, query):
    """The rows, or why there are none. `query` runs SQL."""
    if not tool.history:
        return ""
    table = re.search(r"FROM (\S+)", tool.history)[1]
    if query(f"SELECT to_regclass('{table}') IS NULL").strip() == "t":
        return f"no {table}\n"
    return query(tool.history)


def real_ending(server, tool, place, database):
    """What the tool makes of the folder, and all that it printed."""
    begin = len(server.log())
    ran = tool.run(place)
    schema = comparable(server.client("pg_dump", database, "--schema-only").stdout)
    ending = Ending(outcome_of(ran, server.errors_since(begin, database)), schema,
                    history_of(tool, lambda text: server.sql(database, text)))
    return ending, ran.stdout
