# SPDX-License-Identifier: Apache-2.0
"""What a second worker process and a second gateway thread bring, on this machine's cores."""
import os
import tempfile

import bodies
import contenders
import drain
import figures
import fill
import load
from house import House

PACKAGES = ["wrk"]


def run(options):
    rounds = {}
    with House(options.bin) as house, tempfile.TemporaryDirectory(prefix="trunkline-bench-") as folder:
        requests = os.path.join(folder, "requests")
        for _ in range(options.rounds):
            for workers in (1, 2):
                house.forget()
                fill.stream(house.redis, options.backlog)
                house.rewrite()
                rounds.setdefault(f"workers x{workers}", []).append(drain.run(
                    house, lambda n=workers: [drain.ours(house, options.bin) for _ in range(n)], drain.entries_left))
                drain.check_rows(house, options.backlog)
            bodies.write_requests(requests, 2000)
            for threads in (1, 2):
                house.forget()
                gateway = contenders.Gateway(house, options.bin, threads)
                try:
                    rounds.setdefault(f"gateway threads x{threads}", []).append(
                        load.full(gateway, house, requests, options.seconds, options.connections))
                finally:
                    gateway.close()
    return {"rounds": rounds, "measured": {
        "scale-workers": figures.ratio(rounds["workers x2"], rounds["workers x1"], "per_second"),
        "scale-threads": figures.ratio(rounds["gateway threads x2"], rounds["gateway threads x1"], "per_second")}}


def show(result, options):
    print(f"\nscale: {options.rounds} rounds, median (least-most)")
    figures.table([["", "per second"]] + [[name, figures.spread(figures.field(each, "per_second"))]
                                          for name, each in result["rounds"].items()])


def charts(result):
    return [("scale", "One and two workers, one and two gateway threads: deliveries per second",
             [(name, figures.median(figures.field(each, "per_second"))) for name, each in result["rounds"].items()])]
