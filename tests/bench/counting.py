# SPDX-License-Identifier: Apache-2.0
"""Instructions by callgrind. A clock tells how busy the machine is; these tell what the code does."""
import os
import re
import subprocess

# The same code paths on every x86-64: OpenSSL and the C library choose theirs by what the processor can do.
PLAIN_PROCESSOR = {"OPENSSL_ia32cap": "~0x0:~0xffffffffffffffff",
                   "GLIBC_TUNABLES": "glibc.cpu.hwcaps=-AVX2,-AVX,-AVX512F,-AVX512VL,-AVX512BW,-AVX512DQ,-ERMS,-FSRM"}


def count(command, environment=None):
    """Instructions of a whole run. Always at the same addresses: some code depends on how its data lies."""
    done = subprocess.run(["setarch", "-R", "valgrind", "--tool=callgrind", "--callgrind-out-file=/dev/null", *command],
                          env={**os.environ, **PLAIN_PROCESSOR, **(environment or {})}, capture_output=True, text=True,
                          stdin=subprocess.DEVNULL, timeout=300)
    found = re.search(r"Collected : (\d+)", done.stderr)
    if done.returncode or not found:
        raise RuntimeError(f"{command[0]}: {done.stderr[-2000:]}")
    return int(found.group(1))


def per_delivery(command_for, few, many, deliveries_each=1, environment=None):
    """What one more costs: two runs of different length, so that starting up and warming up do not count.
    command_for(n): the command for n steps."""
    less, more = (count(command_for(steps), environment) for steps in (few, many))
    return (more - less) / ((many - few) * deliveries_each)
