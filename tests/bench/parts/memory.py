# SPDX-License-Identifier: Apache-2.0
"""Resident memory: the gateway with 1,000 busy connections, the worker while it drains the mix."""
import os
import tempfile

import bodies
import contenders
import drain
import figures
import fill
import load
import processes
import progress
from bench_servers import BenchServers

PACKAGES = ["wrk"]
CONNECTIONS = 1000


def seconds(options):
    return 5 + options.rounds * each_round(options)


def each_round(options):
    return options.seconds + 8 + options.backlog / 4 / 5000


def run(options):
    rounds = {"gateway": [], "worker": []}
    with BenchServers(options.bin) as servers, tempfile.TemporaryDirectory(prefix="trunkline-bench-") as folder:
        requests = os.path.join(folder, "requests")
        bodies.write_requests(requests, 2000)
        for _ in progress.rounds(options.rounds, each_round(options), warm_up=False):
            servers.forget()
            gateway = contenders.Gateway(servers, options.bin, 2, connections=CONNECTIONS + 100)
            try:
                fresh = processes.memory_mib(gateway.process.pid)[0]
                load.full(gateway, servers, requests, options.seconds, CONNECTIONS)
                rounds["gateway"].append(
                    {"memory_mib": processes.memory_mib(gateway.process.pid)[1], "without_connections_mib": fresh}
                )
            finally:
                gateway.close()
            servers.forget()
            fill.stream(servers.redis, options.backlog // 4)
            rounds["worker"].append(drain.run(servers, lambda: [drain.ours(servers, options.bin)], drain.entries_left))
            drain.check_rows(servers, options.backlog // 4)
    return {
        "rounds": rounds,
        "measured": {f"memory-{name}": figures.field(each, "memory_mib") for name, each in rounds.items()},
    }


def tables(result, options):
    gateway, worker = result["rounds"]["gateway"], result["rounds"]["worker"]
    return [
        (
            f"memory: maximum resident memory, MiB, {options.rounds} rounds, median (min-max)",
            [
                ["", "MiB"],
                figures.row("gateway, just started", gateway, [("without_connections_mib", 1)]),
                figures.row(f"gateway, {CONNECTIONS:,} connections", gateway, [("memory_mib", 1)]),
                figures.row("worker, draining", worker, [("memory_mib", 1)]),
            ],
        )
    ]


def charts(result):
    gateway, worker = result["rounds"]["gateway"], result["rounds"]["worker"]
    return [
        (
            "memory",
            "Maximum resident memory",
            "MiB",
            [
                (f"gateway, {CONNECTIONS:,} connections", figures.median(figures.field(gateway, "memory_mib"))),
                ("gateway, just started", figures.median(figures.field(gateway, "without_connections_mib"))),
                ("worker, draining", figures.median(figures.field(worker, "memory_mib"))),
            ],
        )
    ]
