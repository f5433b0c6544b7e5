# SPDX-License-Identifier: Apache-2.0
"""What differs between ./tests/run and ./tests/run soak: the number of seeds per random fault (two, twenty), rows that
take minutes, and limits of time, which only a quiet machine keeps.

TRUNKLINE_SEED=N runs that seed only, to repeat a failure.
"""
import os
import random
import time
import unittest

SOAK = bool(os.environ.get("TRUNKLINE_SOAK"))


def seeds():
    """Returns new ones each time; a test names its seed where it fails (subTest(seed=...))."""
    fixed = os.environ.get("TRUNKLINE_SEED")
    if fixed:
        return [int(fixed)]
    draw = random.Random(time.time_ns())
    return [draw.randrange(1, 10**6) for _ in range(20 if SOAK else 2)]


def limit(seconds):
    """Returns the upper limit of a duration: the promised one in the soak, elsewhere one that only finds a hang. On a
    busy machine the promised one depends on what else runs."""
    return seconds if SOAK else 10 * seconds + 10


def soak_only(test):
    return unittest.skipUnless(SOAK, "takes minutes: ./tests/run soak")(test)
