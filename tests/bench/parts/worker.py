# SPDX-License-Identifier: Apache-2.0
"""Events applied per second: our worker from a backlog, BullMQ's writing the same rows, and COPY of those rows."""
import copying
import drain
import figures
import fill
from house import House

PACKAGES = ["nodejs", "npm"]
WARM_UP = 10_000  # events


def run(options):
    rounds = {}
    connections = options.cores
    with House(options.bin) as house:
        for turn in range(options.rounds + 1):
            house.forget()
            # The first turn warms up.
            backlog, jobs = (options.backlog, options.jobs) if turn else (WARM_UP, WARM_UP // 10)
            fill.stream(house.redis, backlog)
            house.rewrite()
            ours = drain.run(house, lambda: [drain.ours(house, options.bin)], drain.entries_left)
            drain.check_rows(house, backlog)
            one = copying.measure(house, copying.keep(house.postgres, 1), backlog)
            several = copying.measure(house, copying.keep(house.postgres, connections), backlog)
            house.forget()
            fill.jobs(house.redis, jobs)
            house.rewrite()
            peer = drain.run(house, lambda: [drain.bullmq(house)], drain.jobs_left)
            drain.check_rows(house, jobs)
            if not turn:
                continue
            for name, result in (("trunkline-worker", ours), ("BullMQ worker", peer), ("COPY, one connection", one),
                                 (f"COPY, {connections} connections", several)):
                rounds.setdefault(name, []).append(result)
    ours = rounds["trunkline-worker"]
    best_copy = [max(a, b, key=lambda each: each["per_second"]) for a, b in zip(
        rounds["COPY, one connection"], rounds[f"COPY, {connections} connections"])]
    return {"rounds": rounds, "measured": {
        "worker-bullmq": figures.ratio(ours, rounds["BullMQ worker"], "per_second"),
        "worker-copy": figures.ratio(ours, best_copy, "per_second")}}


def show(result, options):
    print(f"\nworker: a backlog of {options.backlog:,} events ({options.jobs:,} for BullMQ), {options.rounds} rounds, "
          "median (least-most)")
    lines = [["", "events/s", "its CPU us each", "Postgres CPU us each", "Redis CPU us each"]]
    for name, each in result["rounds"].items():
        lines.append([name, figures.spread(figures.field(each, "per_second"))] + [
            figures.spread(figures.field(each, column), 1) if column in each[0] else ""
            for column in ("cpu_us", "postgres_cpu_us", "redis_cpu_us")])
    figures.table(lines)


def charts(result):
    return [("worker", "Events applied to PostgreSQL per second",
             [(name, figures.median(figures.field(each, "per_second"))) for name, each in result["rounds"].items()])]
