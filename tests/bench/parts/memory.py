# SPDX-License-Identifier: Apache-2.0
"""Resident memory: the gateway with 1,000 connections at work, the worker while it drains the mix."""
import os
import tempfile

import bodies
import contenders
import drain
import figures
import fill
import load
import processes
from house import House

PACKAGES = ["wrk"]
CONNECTIONS = 1000


def run(options):
    rounds = {"gateway": [], "worker": []}
    with House(options.bin) as house, tempfile.TemporaryDirectory(prefix="trunkline-bench-") as folder:
        requests = os.path.join(folder, "requests")
        bodies.write_requests(requests, 2000)
        for _ in range(options.rounds):
            house.forget()
            gateway = contenders.Gateway(house, options.bin, 2, connections=CONNECTIONS + 100)
            try:
                fresh = processes.memory_mib(gateway.process.pid)[0]
                load.full(gateway, house, requests, options.seconds, CONNECTIONS)
                rounds["gateway"].append({"memory_mib": processes.memory_mib(gateway.process.pid)[1],
                                          "without_connections_mib": fresh})
            finally:
                gateway.close()
            house.forget()
            fill.stream(house.redis, options.backlog // 4)
            rounds["worker"].append(drain.run(house, lambda: [drain.ours(house, options.bin)], drain.entries_left))
    return {"rounds": rounds, "measured": {f"memory-{name}": figures.field(each, "memory_mib")
                                           for name, each in rounds.items()}}


def show(result, options):
    print(f"\nmemory: the most resident in MiB, {options.rounds} rounds, median (least-most)")
    gateway = result["rounds"]["gateway"]
    figures.table([["", "MiB"],
                   ["gateway, just started", figures.spread(figures.field(gateway, "without_connections_mib"), 1)],
                   [f"gateway, {CONNECTIONS:,} connections", figures.spread(figures.field(gateway, "memory_mib"), 1)],
                   ["worker", figures.spread(figures.field(result["rounds"]["worker"], "memory_mib"), 1)]])


def charts(result):
    return [("memory", "Most resident memory, MiB", [(name, figures.median(figures.field(each, "memory_mib")))
                                                     for name, each in result["rounds"].items()])]
