# SPDX-License-Identifier: Apache-2.0
"""Measures the rate at which workers write a backlog to PostgreSQL."""
import os
import shutil
import tempfile
import time

import bodies
import machine
import processes
from contenders import STREAM

DEADLINE = 900


class Drainer:
    """A worker process. remaining(servers): the number of deliveries left."""

    def __init__(self, args, environment=None):
        self.folder = tempfile.mkdtemp(prefix="trunkline-bench-")
        with open(self.folder + "/output", "wb") as output:
            self.process = processes.start(args, output, environment)

    def check(self):
        if self.process.poll() is not None:
            with open(self.folder + "/output", encoding="utf-8", errors="replace") as output:
                raise RuntimeError("a worker ended: " + output.read()[-2000:])

    def close(self):
        processes.end(self.process)
        shutil.rmtree(self.folder, ignore_errors=True)


def ours(servers, programs, *options):
    return Drainer(
        [
            f"{programs}/trunkline-worker",
            "--redis",
            servers.redis.url_of("worker"),
            "--postgres",
            servers.postgres.url_of("worker"),
            "--ops-listen",
            "127.0.0.1:0",
            "--own-number",
            bodies.OWN_NUMBER,
            *options,
        ]
    )


def bullmq(servers, concurrency=32):
    return Drainer(
        ["node", os.path.join(machine.PEERS, "fastify-bullmq", "worker.js")],
        {
            "NODE_PATH": machine.node_modules("fastify-bullmq"),
            "NODE_ENV": "production",
            "REDIS_PORT": str(servers.redis.port),
            "DATABASE_URL": servers.postgres.url,
            "CONCURRENCY": str(concurrency),
            "OWN_NUMBER": bodies.OWN_NUMBER,
        },
    )


def entries_left(servers):
    return servers.redis.command("XLEN", STREAM)


def jobs_left(servers):
    waiting, active = (servers.redis.command("LLEN", f"bull:deliveries:{state}") for state in ("wait", "active"))
    return waiting + active + servers.redis.command("ZCARD", "bull:deliveries:delayed")  # waiting for a retry


def run(servers, start, left, until=0):
    """start(): returns the Drainers. Measures from the first delivery they took until only `until` are left; their
    start does not count. Returns the figures and the peak memory of the first one."""
    count = left(servers)
    before = processes.cpu_seconds(servers.redis.process.pid), processes.cpu_seconds(servers.postgres.process.pid)
    drainers = []
    try:
        drainers += start()
        began = began_left = None
        deadline = time.monotonic() + DEADLINE
        while True:
            now_left = left(servers)
            now = time.monotonic()
            if began is None and now_left < count:
                began, began_left, busy = now, now_left, processes.CoresBusy()
            if now_left <= until:
                break
            for each in drainers:
                each.check()
            if now > deadline:
                raise TimeoutError(f"{now_left} of {count} left after {DEADLINE} s")
            time.sleep(0.01)
        cores_busy = busy.so_far() if began else 0.0
        cpu = sum(processes.cpu_seconds(each.process.pid) for each in drainers)
        after = processes.cpu_seconds(servers.redis.process.pid), processes.cpu_seconds(servers.postgres.process.pid)
        memory = processes.memory_mib(drainers[0].process.pid)[1]
    finally:
        for each in drainers:
            each.close()
    taken, seconds = began_left - now_left, now - began
    if taken <= 0 or seconds <= 0:
        raise RuntimeError("too few to be measured")
    return {
        "events": taken,
        "seconds": seconds,
        "per_second": taken / seconds,
        "memory_mib": memory,
        "cores_busy": cores_busy,
        "cpu_us": cpu / (count - now_left) * 1e6,
        "redis_cpu_us": (after[0] - before[0]) / (count - now_left) * 1e6,
        "postgres_cpu_us": (after[1] - before[1]) / (count - now_left) * 1e6,
    }


def check_rows(servers, count):
    rows = servers.postgres.psql("select state, count(*) from webhook_events group by 1 order by 1")
    if rows != f"processed|{count}":
        raise RuntimeError(f"of {count} events: {rows}")
