# SPDX-License-Identifier: Apache-2.0
"""From the first byte to the committed row, at a steady 1,000 deliveries per second, compared with bare commits at
that rate."""
import os
import tempfile

import bare_commits
import bodies
import contenders
import drain
import figures
import load
import outcomes
import progress
import syncs
from bench_servers import BenchServers

PACKAGES = []
SYNC = "disk sync"
BATCH = "batch, first statement to COMMIT reply"
RATE, CONNECTIONS, WARM_UP = 1000, 64, 2.0


def seconds(options):
    return 8 + options.rounds * each_round(options)


def each_round(options):
    return 2 * (2 * options.seconds + WARM_UP) + 6


def pipeline(servers, options, requests, seconds):
    """Returns milliseconds from receipt to commit of each event after the warm-up, those of the worker's batches, and
    the deliveries sent."""
    gateway = worker = None
    try:
        worker = drain.ours(servers, options.bin, "--log-level", "debug", "--log-format", "json")
        gateway = contenders.Gateway(servers, options.bin, 1)
        sent = load.paced(options.bin, gateway.port, requests, RATE, seconds, CONNECTIONS)
        outcomes.wait_until_empty(servers, worker)
        committed = outcomes.committed(worker.folder + "/output")
        batches = outcomes.batches(worker.folder + "/output")
    finally:
        for each in (gateway, worker):
            if each:
                each.close()
    received = outcomes.received(servers.postgres)
    if len(received) < sent["sent"]:
        raise RuntimeError(f"of {sent['sent']} deliveries {len(received)} are in the tables")
    first = min(received.values()) + WARM_UP * 1000
    return sorted(committed[one] - at for one, at in received.items() if at >= first), batches, sent


def run(options):
    rounds = {"receipt to commit": [], BATCH: [], "bare commit": [], "acknowledgement": [], SYNC: []}
    with BenchServers(options.bin) as servers, tempfile.TemporaryDirectory(prefix="trunkline-bench-") as folder:
        requests = os.path.join(folder, "requests")
        length = options.seconds * 2 + WARM_UP
        for turn in progress.rounds(options.rounds, each_round(options), warm_up=False):
            servers.forget()
            bodies.write_requests(requests, int(RATE * length), seed=200 + turn)
            took, batches, sent = pipeline(servers, options, requests, length)
            rounds["receipt to commit"].append(outcomes.percentiles(took))
            rounds[BATCH].append(outcomes.percentiles(batches))
            rounds["acknowledgement"].append({"p50_ms": sent["p50_ms"], "p99_ms": sent["p99_ms"]})
            rounds[SYNC].append(syncs.measure())
            servers.forget()
            rounds["bare commit"].append(
                outcomes.percentiles(bare_commits.measure(servers.postgres, RATE, int(length), WARM_UP))
            )
    return {
        "rounds": rounds,
        "measured": {"e2e-p99": figures.ratio(rounds["receipt to commit"], rounds["bare commit"], "p99_ms")},
    }


def tables(result, options):
    return [
        (
            f"e2e: {RATE:,} deliveries per second (open loop), {options.rounds} rounds, ms, median (min-max); "
            "the receipt time is in whole ms",
            [["", "p50", "p99"]]
            + [figures.row(name, each, (("p50_ms", 2), ("p99_ms", 2))) for name, each in result["rounds"].items()],
        )
    ]


def charts(result):
    return [
        (
            "e2e",
            f"Times at {RATE:,} deliveries per second",
            "ms",
            [
                (f"{name}, {column[:3]}", figures.median(figures.field(each, column)))
                for column in ("p50_ms", "p99_ms")
                for name, each in result["rounds"].items()
            ],
        )
    ]
