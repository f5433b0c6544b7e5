# SPDX-License-Identifier: Apache-2.0
"""Counts instructions with callgrind, which do not depend on other work of the machine."""
import os
import re
import subprocess

# The same code paths on every x86-64: OpenSSL and the C library select theirs by the processor's features.
PLAIN_PROCESSOR = {
    "OPENSSL_ia32cap": "~0x0:~0xffffffffffffffff",
    "GLIBC_TUNABLES": "glibc.cpu.hwcaps=-AVX2,-AVX,-AVX512F,-AVX512VL,-AVX512BW,-AVX512DQ,-ERMS,-FSRM",
}


def count(command, environment=None):
    """Returns the instructions of a whole run, always at the same addresses: some code depends on the alignment of its
    data."""
    done = subprocess.run(
        ["setarch", "-R", "valgrind", "--tool=callgrind", "--callgrind-out-file=/dev/null", *command],
        env={**os.environ, **PLAIN_PROCESSOR, **(environment or {})},
        capture_output=True,
        text=True,
        stdin=subprocess.DEVNULL,
        timeout=300,
    )
    found = re.search(r"Collected : (\d+)", done.stderr)
    if done.returncode or not found:
        raise RuntimeError(f"{command[0]}: {done.stderr[-2000:]}")
    return int(found.group(1))


def per_delivery(command_for, few, many, deliveries_each=1, environment=None):
    """Returns the cost of one more step: two runs of different length, so that start and warm-up do not count.
    command_for(n): the command for n steps."""
    less, more = (count(command_for(steps), environment) for steps in (few, many))
    return (more - less) / ((many - few) * deliveries_each)
