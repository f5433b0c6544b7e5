# SPDX-License-Identifier: Apache-2.0
"""Durable acknowledgements per second, of all gateways on the same Redis (Flask: PostgreSQL), in turns."""
import os
import tempfile

import bodies
import contenders
import figures
import load
from house import House

PACKAGES = ["nodejs", "npm", "nginx", "libnginx-mod-http-lua", "lua-nginx-redis", "wrk", "gunicorn", "python3-flask",
            "python3-psycopg2"]
DISTINCT = 6000  # more than Flask takes in a round: what came before is not stored again


def start(house, programs, running):
    running.append(contenders.Gateway(house, programs, 1))
    running.append(contenders.NginxLua(house, 1))
    running.append(contenders.Gateway(house, programs, 2))
    running.append(contenders.NginxLua(house, 2))
    for peer in ("fastify-ioredis", "fastify-bullmq"):
        for count in (1, 2):
            running.append(contenders.Fastify(house, peer, count))
    running.append(contenders.Flask(house))
    running.append(contenders.Ceiling(house, programs))


def run(options):
    rounds, running = {}, []
    with House(options.bin) as house, tempfile.TemporaryDirectory(prefix="trunkline-bench-") as folder:
        try:
            start(house, options.bin, running)
            requests = os.path.join(folder, "requests")
            for turn in range(options.rounds + 1):
                bodies.write_requests(requests, DISTINCT, seed=100 + turn)
                for contender in running:
                    house.forget()
                    seconds = options.seconds  # as long to warm up: Node compiles what it meets often
                    result = load.full(contender, house, requests, seconds, options.connections)
                    if turn:  # the first one warmed up
                        rounds.setdefault(contender.name, []).append(result)
        finally:
            for contender in running:
                contender.close()
    return {"rounds": rounds, "measured": measured(rounds)}


def measured(rounds):
    pairs = {"gateway-nginx-1": ("trunkline x1", "nginx + Lua x1"),
             "gateway-nginx-2": ("trunkline x2", "nginx + Lua x2"),
             "gateway-ioredis": ("trunkline x1", "fastify-ioredis x1"),
             "gateway-bullmq": ("trunkline x1", "fastify-bullmq x1"), "gateway-flask": ("trunkline x1", "flask"),
             "gateway-ceiling": ("trunkline x1", "ceiling")}
    return {name: figures.ratio(rounds[ours], rounds[theirs], "per_second")
            for name, (ours, theirs) in pairs.items() if ours in rounds and theirs in rounds}


def show(result, options):
    print(f"\ngateway: {options.connections} connections, {options.rounds} rounds of {options.seconds} s, median "
          "(least-most)")
    figures.table([["", "deliveries/s", "its CPU us each", "Redis CPU us each"]] + [
        [name, figures.spread(figures.field(each, "per_second")), figures.spread(figures.field(each, "cpu_us"), 1),
         figures.spread(figures.field(each, "redis_cpu_us"), 1)] for name, each in result["rounds"].items()])


def charts(result):
    return [("gateway", "Durable deliveries acknowledged per second",
             [(name, figures.median(figures.field(each, "per_second"))) for name, each in result["rounds"].items()])]
