# SPDX-License-Identifier: Apache-2.0
"""The tables are a function of the set of events: dense random sets, each in several orders, against the model.

  test_merge.py [--sets N] [--seed S] [--set I] [--shuffles K] [--no-shrink] [--sql-dir DIR]

TRUNKLINE_BIN names the folder of programs; TRUNKLINE_SEED is --seed's default. --set runs one set of the seed only.
"""
import argparse
import os
import random
import sys
import time

import generator
import model
import plans
from database import Driver, Session, migrate, start_postgres

SETS = 500  # about a minute on two cores
SHUFFLES = 3


def options():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sets", type=int, default=SETS)
    parser.add_argument("--seed", type=int, default=int(os.environ.get("TRUNKLINE_SEED") or random.randrange(10**6)))
    parser.add_argument("--set", type=int, help="only this set of the seed")
    parser.add_argument("--shuffles", type=int, default=SHUFFLES)
    parser.add_argument("--no-shrink", dest="shrink", action="store_false")
    parser.add_argument("--sql-dir", help="statements that replace those of schema/queries")
    return parser.parse_args()


class Drivers:
    """One driver per choice of own-number settings, started when first needed."""

    def __init__(self, postgres, sql_dir=None):
        self.postgres, self.sql_dir, self.open = postgres, sql_dir, {}

    def __getitem__(self, settings):
        if settings not in self.open:
            self.open[settings] = Driver(self.postgres.url, settings, self.sql_dir)
        return self.open[settings]

    def close(self):
        """Stops the drivers; returns the sums of their counts."""
        last = [driver.close() for driver in self.open.values()]
        return {
            "applied": sum(line.get("applied", 0) for line in last),
            "restructures": sum(line.get("restructures", 0) for line in last),
            "errors": [error for line in last for error in line.get("errors", ["no last line"])],
        }


def first_difference(bench, events, seed, shuffles):
    """Returns (plan, differences) of the first order whose rows differ from the model's, or None."""
    expected = model.tables(events, bench.settings)
    for plan in plans.arrivals(events, bench.settings, seed, shuffles):
        found = plans.difference(expected, bench.run(plan))
        if found:
            return plan, found
    return None


def explain(bench, plan, found, args, index):
    print(f"set {index} of seed {args.seed} differs in {len(found)} places; " f"it came in {len(plan)} batches")
    if args.shrink:
        plan, found = plans.smaller(bench, plan, found)
    print(plans.report(plan, found, bench.settings))
    print(
        f"repeat: TRUNKLINE_BIN={os.environ['TRUNKLINE_BIN']} tests/support/run_tests.py {sys.argv[0]} "
        f"--seed {args.seed} --set {index} --shuffles {args.shuffles}"
    )


def main():
    args = options()
    print(f"seed {args.seed}", flush=True)
    began = time.monotonic()
    postgres = start_postgres()
    migrate(postgres)
    session, drivers = Session(postgres), Drivers(postgres, args.sql_dir)
    indices = range(args.sets) if args.set is None else [args.set]
    failed = False
    for done, index in enumerate(indices, 1):
        seed = f"{args.seed}/{index}"
        events, settings = generator.make_set(seed)
        bench = plans.Bench(session, drivers, settings)
        found = first_difference(bench, events, seed, args.shuffles)
        if found:
            explain(bench, *found, args, index)
            failed = True
            break
    session.close()
    counted = drivers.close()
    postgres.close()
    for error in counted["errors"][:10]:
        print(f"test-applier: {error}")
    print(
        f"{done} sets, each in {args.shuffles + 1} orders, {counted['applied']} deliveries, "
        f"{counted['restructures']} restructures, {time.monotonic() - began:.0f} s: "
        f"{'DIFFERENT' if failed else 'ERRORS' if counted['errors'] else 'all alike'}"
    )
    return 1 if failed or counted["errors"] else 0


if __name__ == "__main__":
    sys.exit(main())
