# SPDX-License-Identifier: Apache-2.0
"""Checks what a verb prints with --json against its schema in docs/json/."""
import json
import os

import jsonschema

FOLDER = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "docs", "json")


def schema_of(verb):
    """verb: as it is typed, "dead list" or "dead-list"."""
    with open(os.path.join(FOLDER, verb.replace(" ", "-") + ".json"), encoding="utf-8") as file:
        schema = json.load(file)
    jsonschema.Draft202012Validator.check_schema(schema)
    return schema


def check(verb, printed):
    """printed: the text of --json, or what json.loads made of it. Returns the value; AssertionError says what is not
    as the schema promises, and where."""
    value = json.loads(printed) if isinstance(printed, (str, bytes)) else printed
    problems = [f"  at {problem.json_path}: {problem.message}"
                for problem in jsonschema.Draft202012Validator(schema_of(verb)).iter_errors(value)]
    if problems:
        raise AssertionError(f"not as docs/json says of '{verb}':\n" + "\n".join(problems[:5]) + f"\n{value}")
    return value


def check_lines(verb, printed):
    """For verbs that print one object a line: each of them."""
    return [check(verb, line) for line in printed.splitlines()]
