# SPDX-License-Identifier: Apache-2.0
"""Durable acknowledgements per second, of all gateways on the same Redis (Flask: PostgreSQL), in turns."""
import os
import tempfile

import bodies
import contenders
import figures
import load
import progress
from bench_servers import BenchServers

PACKAGES = [
    "nodejs",
    "npm",
    "nginx",
    "libnginx-mod-http-lua",
    "lua-nginx-redis",
    "wrk",
    "gunicorn",
    "python3-flask",
    "python3-psycopg2",
]
CONTENDERS = 10


def distinct(options):
    """The number of requests: more than Flask accepts in a round, since it stores a repeated one only once."""
    return 2000 * options.cores * options.seconds


def seconds(options):
    return 20 + (options.rounds + 1) * each_round(options)


def each_round(options):
    return CONTENDERS * (options.seconds + 1.2) + distinct(options) / 6000


def start(servers, programs, running):
    running.append(contenders.Gateway(servers, programs, 1))
    running.append(contenders.NginxLua(servers, 1))
    running.append(contenders.Gateway(servers, programs, 2))
    running.append(contenders.NginxLua(servers, 2))
    for peer in ("fastify-ioredis", "fastify-bullmq"):
        for count in (1, 2):
            running.append(contenders.Fastify(servers, peer, count))
    running.append(contenders.Flask(servers))
    running.append(contenders.Ceiling(servers, programs))


def run(options):
    rounds, running = {}, []
    with BenchServers(options.bin) as servers, tempfile.TemporaryDirectory(prefix="trunkline-bench-") as folder:
        try:
            start(servers, options.bin, running)
            requests = os.path.join(folder, "requests")
            for turn in progress.rounds(options.rounds, each_round(options)):
                bodies.write_requests(requests, distinct(options), seed=100 + turn)
                for contender in running:
                    # Round 0 is as long as the others: Node compiles hot code.
                    result = load.round_of(contender, servers, requests, options)
                    if turn:
                        rounds.setdefault(contender.name, []).append(result)
        finally:
            for contender in running:
                contender.close()
    return {"rounds": rounds, "measured": measured(rounds)}


def measured(rounds):
    pairs = {
        "gateway-nginx-1": ("trunkline x1", "nginx + Lua x1"),
        "gateway-nginx-2": ("trunkline x2", "nginx + Lua x2"),
        "gateway-ioredis": ("trunkline x1", "fastify-ioredis x1"),
        "gateway-bullmq": ("trunkline x1", "fastify-bullmq x1"),
        "gateway-flask": ("trunkline x1", "flask"),
        "gateway-ceiling": ("trunkline x1", "ceiling"),
    }
    return {
        name: figures.ratio(rounds[ours], rounds[theirs], "per_second")
        for name, (ours, theirs) in pairs.items()
        if ours in rounds and theirs in rounds
    }


def tables(result, options):
    columns = (("per_second", 0), ("cpu_us", 1), ("redis_cpu_us", 1), ("cores_busy", 2))
    return [
        (
            f"gateway: {options.connections} connections, {options.rounds} rounds of {options.seconds} s, median "
            "(min-max)",
            [["", "deliveries/s", "own CPU µs", "Redis CPU µs", "cores busy"]]
            + [figures.row(name, each, columns) for name, each in result["rounds"].items()],
        )
    ]


def charts(result):
    return [
        (
            "gateway",
            "Durable acknowledgements",
            "deliveries per second",
            [(name, figures.median(figures.field(each, "per_second"))) for name, each in result["rounds"].items()],
        )
    ]
