# SPDX-License-Identifier: Apache-2.0
"""What we want to reach, and whether we did. A miss is accepted only if docs/performance.md says what the wall is, with
the target's id: "wall: worker-copy"."""
import dataclasses
import os
import re

import figures
import machine

PAGE = os.path.join(machine.ROOT, "docs", "performance.md")


@dataclasses.dataclass(frozen=True)
class Target:
    id: str
    part: str    # that measures it
    what: str
    bound: float
    least: bool  # at least, else at most
    unit: str = "x"

    def met_by(self, value):
        return value >= self.bound if self.least else value <= self.bound

    def wanted(self):
        return f"{'>=' if self.least else '<='} {self.bound:,g} {self.unit}"


def at_least(*args, **options):
    return Target(*args, least=True, **options)


def at_most(*args, **options):
    return Target(*args, least=False, **options)


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
    at_most("e2e-p99", "e2e", "p99 of receive to commit against a bare commit", 5),
    at_most("memory-gateway", "memory", "gateway with 1,000 connections", 24, unit="MiB"),
    at_most("memory-worker", "memory", "worker while it drains", 48, unit="MiB"),
    at_least("growth-backlog", "growth", "drain with 2,000,000 waiting against 20,000", 0.9),
    at_least("growth-tables", "growth", "drain with 5,000,000 activities against 50,000", 0.7),
    at_most("growth-bytes", "growth", "Redis' memory for a waiting delivery with a body of 1,000 bytes", 1250, unit="bytes"),
    at_least("scale-workers", "scale", "two workers against one, a thread each", 1.5),
    at_least("scale-threads", "scale", "two gateway threads against one", 1.5),
]
PARTS = list(dict.fromkeys(target.part for target in TARGETS))


def walls(page=PAGE):
    """Ids of the targets whose walls the page names."""
    if not os.path.exists(page):
        return set()
    with open(page, encoding="utf-8") as file:
        return set(re.findall(r"wall: ([a-z0-9-]+)", file.read()))


def missing(measured, parts):
    """Ids of the targets that these parts should have measured and did not."""
    return [target.id for target in TARGETS if target.part in parts and target.id not in measured]


def judge(measured, named=None):
    """measured: values by id, one a round. A line for each target that was measured, in order."""
    named = walls() if named is None else named
    lines = []
    for target in TARGETS:
        if target.id not in measured:
            continue
        value = figures.median(measured[target.id])
        fate = "met" if target.met_by(value) else "wall" if target.id in named else "MISSED"
        lines.append({"id": target.id, "what": target.what, "target": target.wanted(), "value": value,
                      "least": min(measured[target.id]), "most": max(measured[target.id]), "unit": target.unit,
                      "fate": fate})
    return lines


def table(lines):
    return [["id", "what", "target", "measured", "(least-most)", ""]] + [
        [line["id"], line["what"], line["target"], f"{line['value']:,.2f} {line['unit']}",
         f"({line['least']:,.2f}-{line['most']:,.2f})", line["fate"]] for line in lines]
