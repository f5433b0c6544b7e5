# SPDX-License-Identifier: Apache-2.0
"""Creates backlogs: entries of the stream as gateways write them, and jobs of BullMQ as its server writes them."""
import itertools
import json
import os
import random
import socket
import subprocess
import time

import bodies
import machine
from contenders import STREAM

CHUNK = 500
POOL = 20_000  # bodies in the pool


def wire(*args):
    return b"*%d\r\n" % len(args) + b"".join(b"$%d\r\n%s\r\n" % (len(one), one) for one in args)


def entry(number, body, now_ms):
    """Returns the fields of an entry."""
    return (
        b"d",
        b"%026d" % number,
        b"t",
        b"%d" % now_ms,
        b"s",
        b"standard",
        b"k",
        b"0",
        b"w",
        b"msg_%028d" % number,
        b"b",
        body,
    )


def events(count):
    """Like bodies.mixed, but fast for millions: after the end of the pool its bodies are used again with new ids. All
    ids of one pass change alike, so AI content still belongs to its call."""
    pool = list(bodies.mixed(min(count, POOL)))
    yield from pool
    rng = random.Random(2)
    left = count - len(pool)
    while left > 0:
        mask = rng.getrandbits(128)
        for body in pool[:left]:
            at = body.find(b'"AC') + 3  # the activity's id, in every kind of the mix
            yield body[:at] + b"%032x" % (int(body[at : at + 32], 16) ^ mask) + body[at + 32 :]
        left -= len(pool)


def stream(redis, count, given=None, first=0):
    """Adds count entries; given: their bodies. Redis syncs each second meanwhile: filling is not measured."""
    redis.command("CONFIG", "SET", "appendfsync", "everysec")
    with socket.create_connection(("127.0.0.1", redis.port), timeout=120) as connection:
        answers = connection.makefile("rb")
        connection.sendall(wire(b"AUTH", b"trunkline-admin", b"admin-password"))
        if not answers.readline().startswith(b"+OK"):
            raise RuntimeError("not let in")
        now_ms = int(time.time() * 1000)
        left = enumerate(given or events(count), first)
        while chunk := list(itertools.islice(left, CHUNK)):
            connection.sendall(
                b"".join(wire(b"XADD", STREAM.encode(), b"*", *entry(number, body, now_ms)) for number, body in chunk)
            )
            for _ in chunk:
                if not answers.readline().startswith(b"$"):
                    raise RuntimeError("an XADD was refused")
                answers.readline()
    redis.command("CONFIG", "SET", "appendfsync", "always")


def jobs(redis, count):
    """Adds count jobs of BullMQ with the same deliveries."""
    filler = subprocess.Popen(
        ["node", os.path.join(machine.PEERS, "fastify-bullmq", "fill.js")],
        stdin=subprocess.PIPE,
        env={**os.environ, "NODE_PATH": machine.node_modules("fastify-bullmq"), "REDIS_PORT": str(redis.port)},
    )
    try:
        now_ms = int(time.time() * 1000)
        for number, body in enumerate(events(count)):
            filler.stdin.write(
                json.dumps({"d": f"{number:026d}", "t": now_ms, "w": f"msg_{number:028d}", "b": body.decode()}).encode()
                + b"\n"
            )
        filler.stdin.close()
        if filler.wait(300):
            raise RuntimeError("BullMQ's queue could not be filled")
    finally:
        if filler.poll() is None:
            filler.kill()
            filler.wait()
