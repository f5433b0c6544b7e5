# SPDX-License-Identifier: Apache-2.0
"""Computes figures from rounds: medians, spread, and ratios of contenders that ran in turns."""
import statistics


def median(values):
    values = list(values)
    return statistics.median(values)


def field(rounds, name):
    return [one[name] for one in rounds]


def ratio(ours, theirs, name):
    """Ratios per round: a disturbance of the machine affects both."""
    return [one[name] / other[name] for one, other in zip(ours, theirs)]


def spread(values, digits=0):
    values = list(values)
    return f"{median(values):,.{digits}f} ({min(values):,.{digits}f}-{max(values):,.{digits}f})"


def row(name, rounds, columns):
    """columns: (field, digits). Returns the cells of one contender, empty where it has no such figure."""
    return [name] + [spread(field(rounds, column), digits) if column in rounds[0] else "" for column, digits in columns]


def show(tables):
    """tables: (heading, lines)."""
    for heading, lines in tables:
        print("\n" + heading)
        table(lines)


def table(lines):
    """Formats lines of cells, the first one the head; columns are as wide as necessary."""
    lines = [[str(cell) for cell in line] for line in lines]
    widths = [max(len(line[i]) for line in lines) for i in range(len(lines[0]))]
    for line in lines:
        print("  ".join(cell.ljust(width) for cell, width in zip(line, widths)).rstrip(), flush=True)
