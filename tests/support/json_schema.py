# SPDX-License-Identifier: Apache-2.0
"""Checks the output of a command with --json against its schema in docs/json/."""
import json
import os

import jsonschema

FOLDER = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "docs", "json")


def schema_of(verb):
    """command: as it is typed, "dead list" or "dead-list"."""
    with open(os.path.join(FOLDER, verb.replace(" ", "-") + ".json"), encoding="utf-8") as file:
        schema = json.load(file)
    jsonschema.Draft202012Validator.check_schema(schema)
    return schema


def check(verb, printed):
    """Returns the value. printed: the text of --json, or the result of json.loads. Raises AssertionError with the
    places that violate the schema."""
    value = json.loads(printed) if isinstance(printed, (str, bytes)) else printed
    problems = [
        f"  at {problem.json_path}: {problem.message}"
        for problem in jsonschema.Draft202012Validator(schema_of(verb)).iter_errors(value)
    ]
    if problems:
        raise AssertionError(f"not as docs/json says of '{verb}':\n" + "\n".join(problems[:5]) + f"\n{value}")
    return value


def check_lines(verb, printed):
    """Checks each line, for commands that print one object per line."""
    return [check(verb, line) for line in printed.splitlines()]
