# SPDX-License-Identifier: Apache-2.0
"""Parts of an earlier run beside one that is measured anew: only of the same machine, servers and options."""
import json
import sys


def read(path):
    """The figures of an earlier run; none if there are none. Ends the program where they can't be read."""
    try:
        with open(path, encoding="utf-8") as file:
            return json.load(file)
    except FileNotFoundError:
        return {}
    except ValueError as problem:
        sys.exit(f"{path}: {problem}")


def conditions(found):
    """What two runs must have in common. Each part tells the commit that it measured."""
    return ({name: value for name, value in found["machine"].items() if name != "commit"},
            {name: value for name, value in found["options"].items() if name != "part"})


def parts(before, found, anew):
    """(parts, measured): what is kept of the run before; anew: names of the parts that this run measures."""
    if not before:
        return {}, {}
    if conditions(before) != conditions(found):
        sys.exit("--keep: the file's figures are of another machine or other options; measure all of it anew")
    old = {name: {"commit": before["machine"].get("commit", ""), **part} for name, part in before["parts"].items()
           if name not in anew}
    measured = {}
    for part in old.values():
        measured |= part["measured"]
    return old, measured
