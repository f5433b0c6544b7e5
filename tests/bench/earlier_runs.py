# SPDX-License-Identifier: Apache-2.0
"""Combines parts of an earlier run with new measurements, if machine, servers and options are the same."""
import json
import sys


def read(path):
    """Returns the figures of an earlier run, {} if there are none. Ends the program if the file cannot be read."""
    try:
        with open(path, encoding="utf-8") as file:
            return json.load(file)
    except FileNotFoundError:
        return {}
    except ValueError as problem:
        sys.exit(f"{path}: {problem}")


def conditions(found):
    """Returns what two runs must have in common. Each part records the commit that it measured."""
    return (
        {name: value for name, value in found["machine"].items() if name != "commit"},
        {name: value for name, value in found["options"].items() if name != "part"},
    )


def parts(before, found, repeated):
    """Returns (parts, measured): the parts kept of the earlier run, and the names of the parts that this run
    measures."""
    if not before:
        return {}, {}
    if conditions(before) != conditions(found):
        sys.exit("--keep: the figures of the file are from another machine or other options; measure all parts again")
    old = {
        name: {"commit": before["machine"].get("commit", ""), **part}
        for name, part in before["parts"].items()
        if name not in repeated
    }
    measured = {}
    for part in old.values():
        measured |= part["measured"]
    return old, measured
