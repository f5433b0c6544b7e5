# SPDX-License-Identifier: Apache-2.0
"""Orders in which one set of events arrives, the comparison with the model, and the search for a smaller failing
set."""
import json
import random
import time

import model

# A plan is a list of steps: (connection, batch). At SETTLE a worker adds the own
# numbers of the settings; a plan without this step has them from the start.
SETTLE = (None, [])


def one_by_one(events):
    return [(0, [event]) for event in events]


def shuffled(events, rng):
    """Returns a random order with repeats, divided into batches for 1 to 4 connections."""
    arriving = events + rng.choices(events, k=rng.randint(0, len(events)))
    rng.shuffle(arriving)
    connections, most = rng.randint(1, 4), rng.choice((1, 1, 2, 3, 8, 50))
    plan = []
    while arriving:
        size = rng.randint(1, most)
        plan.append((rng.randrange(connections), arriving[:size]))
        arriving = arriving[size:]
    return plan


def arrivals(events, settings, seed, shuffles):
    rng = random.Random(seed)
    plans = [one_by_one(events)] + [shuffled(events, rng) for _ in range(shuffles)]
    if settings:
        plans[-1].insert(rng.randrange(len(plans[-1])), SETTLE)
    return plans


class Bench:
    """One database and its drivers: compares the result of a plan with the model."""

    def __init__(self, session, drivers, settings):
        self.session, self.driver, self.settings = session, drivers[settings], settings
        self.unsettled = drivers[()]

    def run(self, plan):
        self.session.empty(() if SETTLE in plan else self.settings)
        if SETTLE in plan:
            moment = plan.index(SETTLE)
            self.unsettled.apply(plan[:moment])
            plan = plan[moment + 1 :] or [(0, [])]
        self.driver.apply(plan)
        return self.session.dump()

    def differences(self, plan):
        expected = model.tables({event for _, batch in plan for event in batch}, self.settings)
        return difference(expected, self.run(plan))


def difference(expected, got):
    """Returns [(cell, expected text or None, text found or None)] in reading order; empty if they are equal."""
    cells = sorted(set(expected) | set(got))
    return [(cell, expected.get(cell), got.get(cell)) for cell in cells if expected.get(cell) != got.get(cell)]


def smaller(bench, plan, differences, seconds=20.0):
    """Returns (plan, differences) with events, then members of events, removed while the rows still differ.

    A plan for several connections may differ only in some runs, so each attempt has several runs.
    """
    end = time.monotonic() + seconds
    best = [plan, differences]

    def differs(candidate):
        chances = 1 if len({connection for connection, _ in candidate}) == 1 else 4
        for _ in range(chances if time.monotonic() < end else 0):
            found = bench.differences(candidate)
            if found:
                best[:] = candidate, found
                return True
        return False

    differs(one_by_one([event for _, batch in plan for event in batch]))
    for variants in (_without_event, _without_member):
        _drop(best[0], differs, variants)
    return best


def _drop(plan, differs, variants):
    """Greedy: continues with the first variant that still differs, until none does."""
    while plan is not None:
        plan = next((candidate for candidate in variants(plan) if differs(candidate)), None)


def _without_event(plan):
    for n in reversed(range(len(plan))):
        yield plan[:n] + plan[n + 1 :]
    for n, (connection, batch) in enumerate(plan):
        for m in range(len(batch) if len(batch) > 1 else 0):
            yield plan[:n] + [(connection, batch[:m] + batch[m + 1 :])] + plan[n + 1 :]


def _without_member(plan):
    """Removes one member of the JSON in every occurrence of one event."""
    for event in sorted({event for _, batch in plan for event in batch}):
        try:
            value = json.loads(event.body)
        except ValueError:
            continue
        for less in _pruned(value):
            changed = event._replace(body=json.dumps(less, separators=(",", ":")).encode())
            yield [(c, [changed if other == event else other for other in batch]) for c, batch in plan]


def _pruned(value):
    if isinstance(value, dict):
        for name in value:
            yield {key: item for key, item in value.items() if key != name}
        for name, item in value.items():
            for less in _pruned(item):
                yield {**value, name: less}
    elif isinstance(value, list):
        for n, item in enumerate(value):
            yield value[:n] + value[n + 1 :]
            for less in _pruned(item):
                yield value[:n] + [less] + value[n + 1 :]


def report(plan, differences, settings):
    """Returns a readable report: the events in order of arrival, one per line, then the differences."""
    lines = [f"own numbers of the settings: {', '.join(settings) or 'none'}"]
    for number, (connection, batch) in enumerate(plan):
        if connection is None:
            lines.append("  the settings come now")
        for event in batch:
            delivery = f" {event.delivery}" if event.delivery else ""
            lines.append(f"  batch {number} connection {connection}{delivery}: {event.body.decode(errors='replace')}")
    for (table, key, column), expected, got in differences:
        lines.append(f"  {table} {key} {column}: expected {expected or 'nothing'}, got {got or 'nothing'}")
    return "\n".join(lines)
