# SPDX-License-Identifier: Apache-2.0
"""Rounds into figures: medians, spread, and ratios of what ran side by side."""
import statistics


def median(values):
    values = list(values)
    return statistics.median(values)


def field(rounds, name):
    return [one[name] for one in rounds]


def ratio(ours, theirs, name):
    """Round by round: what disturbed the machine disturbed both."""
    return [one[name] / other[name] for one, other in zip(ours, theirs)]


def spread(values, digits=0):
    values = list(values)
    return f"{median(values):,.{digits}f} ({min(values):,.{digits}f}-{max(values):,.{digits}f})"


def row(name, rounds, columns):
    """columns: (field, digits). Cells of one contender; empty where it has no such figure."""
    return [name] + [spread(field(rounds, column), digits) if column in rounds[0] else "" for column, digits in columns]


def show(tables):
    """tables: (heading, lines)."""
    for heading, lines in tables:
        print("\n" + heading)
        table(lines)


def table(lines):
    """Lines of cells, the first one the head; columns as wide as they have to be."""
    lines = [[str(cell) for cell in line] for line in lines]
    widths = [max(len(line[i]) for line in lines) for i in range(len(lines[0]))]
    for line in lines:
        print("  ".join(cell.ljust(width) for cell, width in zip(line, widths)).rstrip(), flush=True)
