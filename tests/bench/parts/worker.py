# SPDX-License-Identifier: Apache-2.0
"""Events applied per second: our worker with a backlog, BullMQ's worker writing the same rows, and COPY of those
rows."""
import copying
import drain
import figures
import fill
import progress
import same_rows
from bench_servers import BenchServers

PACKAGES = ["nodejs", "npm", "gunicorn", "python3-flask", "python3-psycopg2"]  # Flask: for the check of the rows
WARM_UP = 10_000  # events
OURS, PEER, PEERS = "trunkline-worker", "BullMQ worker", "BullMQ worker x2"


def seconds(options):
    return 40 + (options.rounds + 0.2) * each_round(options)


def each_round(options):
    return 15 + options.backlog / 3500 + options.jobs / 350


def run(options):
    rounds = {}
    with BenchServers(options.bin) as servers:
        progress.step("do all write the same rows?", 20)
        same_rows.check(servers, options.bin, options.cores)
        for turn in progress.rounds(options.rounds, each_round(options)):
            backlog, jobs = (options.backlog, options.jobs) if turn else (WARM_UP, WARM_UP // 10)
            results = one_round(servers, options, backlog, jobs)
            if turn:  # the first one was the warm-up
                for name, result in results.items():
                    rounds.setdefault(name, []).append(result)
    copies = [each for name, each in rounds.items() if name.startswith("COPY")]
    best_copy = [max(turn, key=lambda each: each["per_second"]) for turn in zip(*copies)]
    best_peer = [max(turn, key=lambda each: each["per_second"]) for turn in zip(rounds[PEER], rounds[PEERS])]
    return {
        "rounds": rounds,
        "measured": {
            "worker-bullmq": figures.ratio(rounds[OURS], best_peer, "per_second"),
            "worker-copy": figures.ratio(rounds[OURS], best_copy, "per_second"),
        },
    }


def one_round(servers, options, backlog, jobs):
    results = {}
    servers.forget()
    fill.stream(servers.redis, backlog)
    servers.rewrite()
    results[OURS] = drain.run(servers, lambda: [drain.ours(servers, options.bin)], drain.entries_left)
    drain.check_rows(servers, backlog)
    for connections in sorted({1, options.cores}):
        results[f"COPY by {connections}"] = copying.measure(
            servers, copying.keep(servers.postgres, connections), backlog
        )
        drain.check_rows(servers, backlog)
    for count, name in ((1, PEER), (2, PEERS)):
        servers.forget()
        fill.jobs(servers.redis, jobs)
        servers.rewrite()
        results[name] = drain.run(servers, lambda n=count: [drain.bullmq(servers) for _ in range(n)], drain.jobs_left)
        drain.check_rows(servers, jobs)
    return results


def tables(result, options):
    columns = (("per_second", 0), ("cpu_us", 1), ("postgres_cpu_us", 1), ("redis_cpu_us", 1), ("cores_busy", 2))
    return [
        (
            f"worker: a backlog of {options.backlog:,} events ({options.jobs:,} for BullMQ), {options.rounds} rounds, "
            "median (min-max)",
            [["", "events/s", "own CPU µs", "PostgreSQL CPU µs", "Redis CPU µs", "cores busy"]]
            + [figures.row(name, each, columns) for name, each in result["rounds"].items()],
        )
    ]


def charts(result):
    return [
        (
            "worker",
            "Events applied to PostgreSQL",
            "events per second",
            [(name, figures.median(figures.field(each, "per_second"))) for name, each in result["rounds"].items()],
        )
    ]
