# SPDX-License-Identifier: Apache-2.0
"""Resource use of processes and of the pipeline, sampled over time, and its growth."""
import os
import time


def of_process(pid):
    """Returns {"rss kB", "descriptors", "threads"}, or None if the process has ended."""
    try:
        with open(f"/proc/{pid}/status", encoding="ascii", errors="replace") as file:
            fields = dict(line.split(":", 1) for line in file if ":" in line)
        return {
            "rss kB": int(fields["VmRSS"].split()[0]),
            "threads": int(fields["Threads"]),
            "descriptors": len(os.listdir(f"/proc/{pid}/fd")),
        }
    except (OSError, KeyError):
        return None


class ResourceSamples:
    """Series of (time, value) by name. The name of a process's series contains its pid, so a restarted process has a
    new one."""

    def __init__(self):
        self.rows = {}

    def note(self, name, value):
        self.rows.setdefault(name, []).append((time.monotonic(), value))

    def record_process(self, part, pid):
        for what, value in (of_process(pid) or {}).items():
            self.note(f"{part} {pid} {what}", value)

    def slope(self, name, skip=0.0):
        """Returns the growth in units per minute by least squares, without the first share of the series, in which
        caches fill."""
        row = self.rows[name]
        began, ended = row[0][0], row[-1][0]
        row = [(at, value) for at, value in row if at >= began + skip * (ended - began)]
        mean_at, mean = (sum(column) / len(row) for column in zip(*row))
        spread = sum((at - mean_at) ** 2 for at, _ in row)
        return 60 * sum((at - mean_at) * (value - mean) for at, value in row) / spread if spread else 0.0

    def maximum(self, name):
        return max(value for _, value in self.rows[name])

    def median(self, name, first, last):
        """Returns the median of the part of the series between two shares of its length."""
        row = self.rows[name]
        begin = int(first * len(row))
        part = sorted(value for _, value in row[begin : max(begin + 1, int(last * len(row)))])
        return part[len(part) // 2]
