# SPDX-License-Identifier: Apache-2.0
"""The latency of an acknowledgement under an open load: half of the maximum rate of nginx + Lua in the same run."""
import os
import tempfile

import bodies
import contenders
import figures
import load
import progress
import syncs
from bench_servers import BenchServers

SYNC = "disk sync"
PACKAGES = ["nginx", "libnginx-mod-http-lua", "lua-nginx-redis", "wrk"]


def seconds(options):
    return 10 + (options.rounds + 1) * each_round(options)


def each_round(options):
    return 2 * (options.seconds + 2)


def run(options):
    rounds, rates, running = {}, [], []
    with BenchServers() as servers, tempfile.TemporaryDirectory(prefix="trunkline-bench-") as folder:
        try:
            running.append(contenders.Gateway(servers, options.bin, 1))
            running.append(contenders.NginxLua(servers, 1))
            requests = os.path.join(folder, "requests")
            for turn in progress.rounds(options.rounds, each_round(options)):
                bodies.write_requests(requests, 2000, seed=100 + turn)
                if turn < 2:  # warm-up, then its maximum
                    rates.append(load.round_of(running[1], servers, requests, options)["per_second"])
                    rate = max(rates) / 2
                if turn:
                    rounds.setdefault(SYNC, []).append(syncs.measure())
                for contender in running:
                    servers.forget_queue()
                    result = load.paced(
                        options.bin,
                        contender.port,
                        requests,
                        rate,
                        options.seconds + 1 if turn else 2,
                        options.connections,
                    )
                    if (stored := contender.stored(servers)) != result["sent"]:
                        raise RuntimeError(f"{contender.name}: {result['sent']} acknowledged, {stored} stored")
                    if turn:
                        rounds.setdefault(contender.name, []).append(result)
        finally:
            for contender in running:
                contender.close()
    ours, theirs = (rounds[each.name] for each in running)
    return {
        "rounds": rounds,
        "rate": rate,
        "measured": {f"latency-{name}": figures.ratio(ours, theirs, f"{name}_ms") for name in ("p50", "p99")},
    }


def tables(result, options):
    columns = [(name, 2) for name in ("p50_ms", "p90_ms", "p99_ms", "p999_ms")]
    return [
        (
            f"latency: open loop at {result['rate']:,.0f}/s (half of the maximum of nginx + Lua), {options.rounds} rounds of "
            f"{options.seconds} s, ms, median (min-max)",
            [["", "p50", "p90", "p99", "p99.9"]]
            + [figures.row(name, each, columns) for name, each in result["rounds"].items()],
        )
    ]


def charts(result):
    return [
        (
            "latency",
            f"Time to the acknowledgement at {result['rate']:,.0f} deliveries per second",
            "ms",
            [
                (f"{name}, {column[:3]}", figures.median(figures.field(each, column)))
                for column in ("p50_ms", "p99_ms")
                for name, each in result["rounds"].items()
            ],
        )
    ]
