# SPDX-License-Identifier: Apache-2.0
"""The drain rate with a long backlog and with full tables, and Redis' memory per waiting delivery."""
import contextlib
import random

import bodies
import drain
import figures
import fill
import history
import progress
from bench_servers import BenchServers

PACKAGES = []
SLICE = 20_000
TAKEN = SLICE * 9 // 10  # measured per round: a backlog of 20,000 would be empty at its end
BODY = 1000
EACH_ROUND = 6  # seconds
MORE = 3  # times the rounds of other parts for backlogs: each takes little more than a second


def seconds(options):
    return 15 + filling(options) + tables_filling(options) + (backlog_rounds(options) + options.rounds) * EACH_ROUND


def backlog_rounds(options):
    """A number that leaves most of the long backlog waiting."""
    return max(1, min(MORE * options.rounds, options.long_backlog // 3 // TAKEN))


def filling(options):
    return 10 + options.long_backlog / 25_000


def tables_filling(options):
    return 10 + options.long_history / 20_000


def waiting_bytes(servers, count=100_000):
    """Measures Redis' memory per waiting delivery with a body of 1,000 bytes."""
    servers.forget_queue()
    rng = random.Random(3)

    def used():
        return int(servers.redis.command("INFO", "memory").split("used_memory:", 1)[1].split()[0])

    before = used()
    fill.stream(servers.redis, count, (rng.randbytes(BODY) for _ in range(count)))
    return (used() - before) / count


def drained(servers, options):
    servers.postgres.psql("checkpoint")
    until = drain.entries_left(servers) - TAKEN
    return drain.run(servers, lambda: [drain.ours(servers, options.bin)], drain.entries_left, until)


def backlog(options, rounds):
    """A and B have separate Redis servers; tables are empty at each start."""
    with BenchServers(options.bin) as short, BenchServers(options.bin) as long:
        progress.step(f"a backlog of {options.long_backlog:,}", filling(options))
        fill.stream(long.redis, options.long_backlog)
        long.rewrite()
        for _ in progress.rounds(backlog_rounds(options), EACH_ROUND, warm_up=False):
            short.forget()
            fill.stream(short.redis, SLICE)
            rounds.setdefault("20,000 waiting", []).append(drained(short, options))
            history.empty(long.postgres)
            rounds.setdefault(f"{options.long_backlog:,} waiting", []).append(drained(long, options))


def full_tables(options, rounds):
    with contextlib.ExitStack() as stack:
        setups = []
        progress.step(f"tables with {options.long_history:,} activities", tables_filling(options))
        for count in (50_000, options.long_history):
            servers = stack.enter_context(BenchServers(options.bin))
            history.fill(servers.postgres, count)
            setups.append((f"{count:,} activities", servers))
        for done in progress.rounds(options.rounds, EACH_ROUND, warm_up=False):
            for name, servers in setups:
                servers.forget_queue()
                fill.stream(
                    servers.redis, SLICE, bodies.mixed(SLICE, seed=50 + done), first=1_000_000_000 + done * SLICE
                )
                rounds.setdefault(name, []).append(drained(servers, options))


def run(options):
    rounds = {}
    progress.step("Redis' memory for an entry", 15)
    with BenchServers() as servers:
        per_entry = [waiting_bytes(servers)]
    backlog(options, rounds)
    full_tables(options, rounds)
    names = list(rounds)
    return {
        "rounds": rounds,
        "measured": {
            "growth-backlog": figures.ratio(rounds[names[1]], rounds[names[0]], "per_second"),
            "growth-tables": figures.ratio(rounds[names[3]], rounds[names[2]], "per_second"),
            "growth-bytes": per_entry,
        },
    }


def tables(result, _):
    columns = (("per_second", 0), ("postgres_cpu_us", 1))
    rounds, of_tables = (len(each) for each in list(result["rounds"].values())[1:3])
    return [
        (
            f"growth: {TAKEN:,} events drained in each of {rounds} rounds ({of_tables} for tables), median (min-max)",
            [["", "events/s", "PostgreSQL CPU µs"]]
            + [figures.row(name, each, columns) for name, each in result["rounds"].items()],
        ),
        (
            "memory of Redis",
            [
                ["", "bytes"],
                [f"a waiting delivery with a body of {BODY:,}", f"{result['measured']['growth-bytes'][0]:,.0f}"],
            ],
        ),
    ]


def charts(result):
    return [
        (
            "growth",
            "Long backlogs, full tables",
            "events per second",
            [(name, figures.median(figures.field(each, "per_second"))) for name, each in result["rounds"].items()],
        )
    ]
