# SPDX-License-Identifier: Apache-2.0
"""The property test can fail: it must find each known wrong merge, made by one change of the SQL.

test_mutants.py [--seed S] [--seconds T]

A mutant counts as found if a set of events has other rows than the model's with the changed SQL, and the model's rows
with the original SQL.
"""
import argparse
import os
import random
import re
import shutil
import sys
import tempfile
import time

import generator
import plans
import queries
from database import Session, migrate, start_postgres
from test_merge import Drivers, first_difference

NEWEST = r"\((excluded\.\w+_at), [^()]*(?:::text[^()]*)?\)\s*> \((a\.\w+_at), [^()]*(?:::text[^()]*)?\)"

# Name: the changes, as (file, pattern, replacement), and the kind of sets that finds it.
MUTANTS = {
    "no structure lock": (
        (
            ("structure_lock_exclusive.sql", r"pg_advisory_xact_lock\(\d+\)", "pg_sleep(0)"),
            ("structure_lock_shared.sql", r"pg_advisory_xact_lock_shared\(\d+\)", "pg_sleep(0)"),
        ),
        "structure",
    ),
    "tie-break left out": ((("merge_activities.sql", NEWEST, r"\1 > \2"),), "all"),
    "a card's current instead of ever phones": (
        (("merge_cards.sql", r"returning ever_phones", "returning phones"),),
        "cards",
    ),
    "unused fallbacks kept": ((("delete_unused_fallbacks.sql", r"c\.party_key is not null", "false"),), "structure"),
    "named left out": ((("delete_unused_contacts.sql", r" and not c\.named", ""),), "structure"),
    "named not raised later": (
        (("insert_explicit_contacts.sql", r"set named = true", "set named = contacts.named"),),
        "structure",
    ),
}


def changed_copy(changes):
    """Returns a folder with all queries and the changes applied; each must change its file."""
    folder = tempfile.mkdtemp(prefix="trunkline-mutant-")
    queries.write(folder)
    for name, pattern, replacement in changes:
        path = os.path.join(folder, name)
        with open(path, encoding="utf-8") as file:
            before = file.read()
        after = re.sub(pattern, replacement, before)
        if after == before:
            raise AssertionError(f"{name} has changed: nothing matches {pattern}")
        with open(path, "w", encoding="utf-8") as file:
            file.write(after)
    return folder


def hunt(session, mutated, unchanged, flavour, seed, seconds):
    """Returns (sets tried, the set that finds the mutant or None)."""
    end, tried = time.monotonic() + seconds, 0
    while time.monotonic() < end:
        name = f"{seed}/{flavour}/{tried}"
        tried += 1
        events, settings = generator.make_set(name, flavour)
        if first_difference(plans.Bench(session, mutated, settings), events, name, 4):
            if first_difference(plans.Bench(session, unchanged, settings), events, name, 4):
                raise AssertionError(f"set {name} differs with the SQL as it is: test_merge.py comes first")
            return tried, name
    return tried, None


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seed", type=int, default=int(os.environ.get("TRUNKLINE_SEED") or random.randrange(10**6)))
    parser.add_argument("--seconds", type=float, default=60, help="for each mutant, at most")
    parser.add_argument("--only", help="the mutant of this name alone")
    args = parser.parse_args()
    print(f"seed {args.seed}", flush=True)
    postgres = start_postgres()
    migrate(postgres)
    session, unchanged = Session(postgres), Drivers(postgres)
    survived = []
    for name, (changes, flavour) in MUTANTS.items():
        if args.only not in (None, name):
            continue
        began, folder = time.monotonic(), changed_copy(changes)
        mutated = Drivers(postgres, folder)
        tried, found = hunt(session, mutated, unchanged, flavour, args.seed, args.seconds)
        errors = mutated.close()["errors"]
        if errors:
            raise AssertionError(f"{name}: the changed SQL fails instead of giving other rows: {errors[0]}")
        shutil.rmtree(folder)
        print(
            f"{name}: {'found by set' if found else 'SURVIVED'} {tried}, {time.monotonic() - began:.1f} s", flush=True
        )
        survived += [] if found else [name]
    session.close()
    unchanged.close()
    postgres.close()
    return 1 if survived else 0


if __name__ == "__main__":
    sys.exit(main())
