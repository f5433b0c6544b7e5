# SPDX-License-Identifier: Apache-2.0
"""The targets and whether a run meets them. A missed target is accepted only if docs/benchmarks/notes.md explains it under
the target's id: "wall: worker-copy"."""
import dataclasses
import os
import re

import figures
import machine

PAGE = os.path.join(machine.ROOT, "docs", "benchmarks", "notes.md")


@dataclasses.dataclass(frozen=True)
class Target:
    id: str
    part: str
    what: str
    bound: float
    lower_bound: bool
    unit: str = "x"

    def met_by(self, value):
        return value >= self.bound if self.lower_bound else value <= self.bound

    def wanted(self):
        return f"{'>=' if self.lower_bound else '<='} {self.bound:,g} {self.unit}"


def at_least(*args, **options):
    return Target(*args, lower_bound=True, **options)


def at_most(*args, **options):
    return Target(*args, lower_bound=False, **options)


TARGETS = [
    at_least("gateway-nginx-1", "gateway", "one thread against one worker of nginx + Lua", 2.5),
    at_least("gateway-nginx-2", "gateway", "two threads against two workers of nginx + Lua", 2.0),
    at_least("gateway-ioredis", "gateway", "one thread against Fastify + ioredis", 3.0),
    at_least("gateway-bullmq", "gateway", "one thread against Fastify + BullMQ", 8),
    at_least("gateway-flask", "gateway", "one thread against Flask on all cores", 15),
    at_least("gateway-ceiling", "gateway", "one thread against its own ceiling without the queue", 0.6),
    at_most("latency-p50", "latency", "p50 of the acknowledgement against nginx + Lua", 0.5),
    at_most("latency-p99", "latency", "p99 of the acknowledgement against nginx + Lua", 0.5),
    at_least("worker-bullmq", "worker", "events applied against the BullMQ worker", 12),
    at_least("worker-copy", "worker", "events applied against COPY of the same rows", 0.5),
    at_most("e2e-p99", "e2e", "p99 of receipt to commit against a bare commit", 5),
    at_most("memory-gateway", "memory", "gateway with 1,000 connections", 24, unit="MiB"),
    at_most("memory-worker", "memory", "worker while it drains", 48, unit="MiB"),
    at_least("growth-backlog", "growth", "drain with 2,000,000 waiting against 20,000", 0.9),
    at_least("growth-tables", "growth", "drain with 5,000,000 activities against 50,000", 0.7),
    at_most(
        "growth-bytes", "growth", "Redis' memory for a waiting delivery with a body of 1,000 bytes", 1250, unit="bytes"
    ),
    at_least("scale-workers", "scale", "two workers against one, with one thread per worker", 1.5),
    at_least("scale-threads", "scale", "two gateway threads against one", 1.5),
]
PARTS = list(dict.fromkeys(target.part for target in TARGETS))


def walls(page=PAGE):
    """Ids of the targets that the page explains."""
    if not os.path.exists(page):
        return set()
    with open(page, encoding="utf-8") as file:
        return set(re.findall(r"wall: ([a-z0-9-]+)", file.read()))


def missing(measured, parts):
    """Ids of the targets of these parts without a measurement."""
    return [target.id for target in TARGETS if target.part in parts and target.id not in measured]


def judge(measured, named=None):
    """measured: values by id, one per round. Returns one line per measured target, in the order of TARGETS."""
    named = walls() if named is None else named
    lines = []
    for target in TARGETS:
        if target.id not in measured:
            continue
        value = figures.median(measured[target.id])
        result = "met" if target.met_by(value) else "wall" if target.id in named else "MISSED"
        lines.append(
            {
                "id": target.id,
                "what": target.what,
                "target": target.wanted(),
                "value": value,
                "min": min(measured[target.id]),
                "max": max(measured[target.id]),
                "unit": target.unit,
                "result": result,
            }
        )
    return lines


def table(lines):
    return [["id", "what", "target", "measured", "(min-max)", ""]] + [
        [
            line["id"],
            line["what"],
            line["target"],
            f"{line['value']:,.2f} {line['unit']}",
            f"({line['min']:,.2f}-{line['max']:,.2f})",
            line["result"],
        ]
        for line in lines
    ]
