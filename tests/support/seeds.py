# SPDX-License-Identifier: Apache-2.0
"""How often a random fault is tried: two seeds in ./tests/run, twenty in ./tests/run soak.

TRUNKLINE_SEED=N tries that one seed alone: what a failed test printed comes again.
"""
import os
import random
import time
import unittest

SOAK = bool(os.environ.get("TRUNKLINE_SOAK"))


def seeds():
    """New ones each time; print them where a test fails (subTest(seed=...))."""
    given = os.environ.get("TRUNKLINE_SEED")
    if given:
        return [int(given)]
    draw = random.Random(time.time_ns())
    return [draw.randrange(1, 10**6) for _ in range(20 if SOAK else 2)]


def soak_only(test):
    return unittest.skipUnless(SOAK, "a long row: ./tests/run soak")(test)
