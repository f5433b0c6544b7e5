# SPDX-License-Identifier: Apache-2.0
"""Prints the progress of a run and its remaining time."""
import time

_plan, _done, _began = {}, {}, 0.0
_part, _step, _part_began = "", 0.0, 0.0


def start(plan):
    """plan: expected seconds of each part, in order, on a quiet machine."""
    global _began
    _plan.clear()
    _done.clear()
    _plan.update(plan)
    _began = time.monotonic()


def part(name):
    global _part, _step, _part_began
    _part, _step, _part_began = name, 0.0, time.monotonic()
    _done[name] = 0.0


def end_of_part():
    """Returns its duration in seconds."""
    _done[_part] = _plan.get(_part, 0.0)
    return time.monotonic() - _part_began


def step(what, seconds):
    """Begins a step with this expected duration."""
    global _step
    if not _plan:
        return
    _done[_part] = min(_done[_part] + _step, _plan[_part])
    _step = seconds
    elapsed = time.monotonic() - _began
    print(f"[{clock(elapsed)}] {_part}: {what}; {to_go(elapsed, sum(_done.values()), sum(_plan.values()))}", flush=True)


def to_go(elapsed, done, planned):
    """Returns the remaining duration, scaled by the pace so far."""
    pace = min(max(elapsed / done, 0.5), 4) if done > 30 else 1
    left = (planned - done) * pace
    return "less than a minute to go" if left < 60 else f"about {left / 60:.0f} min to go"


def clock(seconds):
    return f"{int(seconds) // 60:d}:{int(seconds) % 60:02d}"


def rounds(count, seconds, warm_up=True):
    """Rounds of a part; round 0 is the warm-up."""
    for turn in range(0 if warm_up else 1, count + 1):
        step(f"round {turn} of {count}" if turn else "warming up", seconds)
        yield turn
