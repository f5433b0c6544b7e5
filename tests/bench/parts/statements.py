# SPDX-License-Identifier: Apache-2.0
"""PostgreSQL's time and write-ahead log by statement: those of our worker, per applied event, and COPY of the same rows
for comparison. One thread, so that no statement waits for a core; the measurement slows each of them a little."""
import copying
import drain
import figures
import fill
import progress
import statements
from bench_servers import BenchServers

PACKAGES = []
COLUMNS = (("calls", 1), ("us", 1), ("pages", 1), ("wal", 0))
MIN_SHARE = 0.01  # of the total time: statements below it share one line


def seconds(options):
    return 8 + options.rounds * each_round(options)


def each_round(options):
    return 8 + options.backlog / 4 / 5000


def run(options):
    rounds, count = {"worker": [], "copy": []}, options.backlog // 4
    with BenchServers(options.bin, **statements.SETTINGS) as servers:
        for _ in progress.rounds(options.rounds, each_round(options), warm_up=False):
            servers.forget()
            fill.stream(servers.redis, count)
            statements.begin(servers.postgres)
            drain.run(servers, lambda: [drain.ours(servers, options.bin, "--threads", "1")], drain.entries_left)
            drain.check_rows(servers, count)
            rounds["worker"].append(statements.each(servers.postgres, "trunkline_worker", count))
            scripts = copying.keep(servers.postgres, 1)
            statements.begin(servers.postgres)
            copying.measure(servers, scripts, count)
            rounds["copy"].append(
                {
                    name: one
                    for name, one in statements.each(servers.postgres, "trunkline", count).items()
                    if name.startswith("copy ")
                }
            )
    return {"rounds": rounds, "measured": {}}


def summed(lines):
    """lines: the costs of the statements in one round."""
    return {field: sum(one[field] for one in lines) for field, _ in COLUMNS}


def tables(result, options):
    ours, copy = result["rounds"]["worker"], result["rounds"]["copy"]
    all_of_ours = [summed(one.values()) for one in ours]
    min_us = MIN_SHARE * figures.median(figures.field(all_of_ours, "us"))
    shown, few = {}, []
    for name in dict.fromkeys(name for one in ours for name in one):
        of_rounds = [one.get(name, summed([])) for one in ours]
        if figures.median(figures.field(of_rounds, "us")) >= min_us:
            shown[name] = of_rounds
        else:
            few.append(of_rounds)
    lines = [
        figures.row(name, each, COLUMNS)
        for name, each in sorted(shown.items(), key=lambda item: -figures.median(figures.field(item[1], "us")))
    ]
    lines += [figures.row(f"{len(few)} more", [summed(turn) for turn in zip(*few)], COLUMNS)] if few else []
    return [
        (
            f"statements: {options.backlog // 4:,} events, one thread, {options.rounds} rounds, per event, "
            "median (min-max)",
            [
                ["", "calls per 1,000 events", "µs", "page accesses", "bytes of WAL"],
                *lines,
                figures.row("all statements of the worker", all_of_ours, COLUMNS),
                figures.row("COPY of the same rows", [summed(one.values()) for one in copy], COLUMNS),
            ],
        )
    ]


def charts(_):
    return []
