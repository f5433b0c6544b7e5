# SPDX-License-Identifier: Apache-2.0
"""Measures the cost of one sync of the disk: the lower bound for anything that must be on disk before its response."""
import os
import tempfile
import time

import outcomes

COUNT, BYTES = 300, 4096


def measure():
    """Returns percentiles in ms of a write at the end of a file and its fdatasync, in the servers' folder."""
    took = []
    with tempfile.TemporaryFile(prefix="trunkline-bench-", buffering=0) as file:
        for _ in range(COUNT):
            began = time.perf_counter()
            file.write(b"x" * BYTES)
            os.fdatasync(file.fileno())
            took.append((time.perf_counter() - began) * 1000)
    return outcomes.percentiles(sorted(took))
