#!/usr/bin/python3
"""Runs the steps of a composite GitHub Action, or the script of a GitLab job, as the host's runner would.

    run_job.py github ACTION.yml VALUES.json
    run_job.py gitlab FILE.yml VALUES.json JOB

VALUES has what ${{ ... }} stands for ("inputs.engine", "github.token"; an input that is not there has its default), or
the variables that GitLab sets. An expression that is not known ends the run with 99.
"""

import json
import os
import pathlib
import re
import subprocess
import sys

import yaml


def resolved(text, values):
    def value_of(match):
        if match[1] not in values:
            print(f"run_job: nothing stands for {match[0]}", file=sys.stderr)
            sys.exit(99)
        return values[match[1]]

    return re.sub(r"\$\{\{\s*(.*?)\s*\}\}", value_of, str(text))


def run_bash(script, environment):
    # What GitHub writes for "shell: bash"; GitLab's runner sets the same two options.
    command = ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", script]
    return subprocess.run(command, env={**os.environ, **environment}, check=False).returncode


def run_action(path, values):
    action = yaml.safe_load(path.read_text())
    for name, details in action["inputs"].items():
        if f"inputs.{name}" in values:
            continue
        if details.get("required"):
            sys.exit(f"run_job: the input {name} is missing")
        values[f"inputs.{name}"] = resolved(details["default"], values)
    for step in action["runs"]["steps"]:
        environment = {name: resolved(value, values) for name, value in step.get("env", {}).items()}
        environment["GITHUB_ACTION_PATH"] = str(path.parent)
        code = run_bash(resolved(step["run"], values), environment)
        if code != 0:
            return code
    return 0


def run_gitlab(path, values, name):
    job = yaml.safe_load(path.read_text())[name]
    environment = {name: str(value) for name, value in {**job["variables"], **values}.items()}
    return run_bash("\n".join(job["script"]), environment)


def main():
    host, path, values = sys.argv[1], pathlib.Path(sys.argv[2]), json.loads(pathlib.Path(sys.argv[3]).read_text())
    if host == "github":
        return run_action(path, values)
    return run_gitlab(path, values, sys.argv[4])


if __name__ == "__main__":
    sys.exit(main())
