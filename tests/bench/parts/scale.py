# SPDX-License-Identifier: Apache-2.0
"""The gain from a second worker process and a second gateway thread, on this machine's cores."""
import os
import tempfile

import bodies
import contenders
import drain
import figures
import fill
import load
import progress
from bench_servers import BenchServers

PACKAGES = ["wrk"]
# With three, the default, one process fills two cores: workers with one thread are compared.
THREADS = {"1": "1 thread per worker", "3": "3 threads per worker"}


def seconds(options):
    return 8 + options.rounds * each_round(options)


def each_round(options):
    return 2 * (options.seconds + 2) + 2 * backlog(options) * (2 / 30_000 + 1 / 8000 + 1 / 12_000) + 8


def backlog(options):
    """Half of the worker part's: about ten seconds per run suffice for a ratio."""
    return options.backlog // 2


def drained_by(servers, options, workers, threads):
    servers.forget()
    fill.stream(servers.redis, backlog(options))
    servers.rewrite()
    result = drain.run(
        servers,
        lambda: [drain.ours(servers, options.bin, "--threads", threads) for _ in range(workers)],
        drain.entries_left,
    )
    drain.check_rows(servers, backlog(options))
    return result


def run(options):
    rounds = {}
    with BenchServers(options.bin) as servers, tempfile.TemporaryDirectory(prefix="trunkline-bench-") as folder:
        requests = os.path.join(folder, "requests")
        for _ in progress.rounds(options.rounds, each_round(options), warm_up=False):
            for threads, name in THREADS.items():
                for workers in (1, 2):
                    rounds.setdefault(f"workers x{workers}, {name}", []).append(
                        drained_by(servers, options, workers, threads)
                    )
            bodies.write_requests(requests, 2000)
            for threads in (1, 2):
                gateway = contenders.Gateway(servers, options.bin, threads)
                try:
                    load.full(gateway, servers, requests, 1, options.connections)  # warm-up
                    rounds.setdefault(f"gateway threads x{threads}", []).append(
                        load.round_of(gateway, servers, requests, options)
                    )
                finally:
                    gateway.close()
    return {
        "rounds": rounds,
        "measured": {
            "scale-workers": figures.ratio(
                rounds["workers x2, 1 thread per worker"], rounds["workers x1, 1 thread per worker"], "per_second"
            ),
            "scale-threads": figures.ratio(rounds["gateway threads x2"], rounds["gateway threads x1"], "per_second"),
        },
    }


def tables(result, options):
    return [
        (
            f"scale: a backlog of {backlog(options):,}, {options.rounds} rounds, median (min-max)",
            [["", "per second", "cores busy"]]
            + [
                figures.row(name, each, [("per_second", 0), ("cores_busy", 2)])
                for name, each in result["rounds"].items()
            ],
        )
    ]


def charts(result):
    return [
        (
            "scale",
            "One and two workers, one and two gateway threads",
            "deliveries per second",
            [(name, figures.median(figures.field(each, "per_second"))) for name, each in result["rounds"].items()],
        )
    ]
