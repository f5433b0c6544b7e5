# SPDX-License-Identifier: Apache-2.0
"""A network namespace of its own, with nothing but a loopback: for tests that drop packets or slow them down. Threads
and processes that begin inside live in it."""
import ctypes
import os
import subprocess

CLONE_NEWNET = 0x40000000
libc = ctypes.CDLL(None, use_errno=True)


class Namespace:
    """open() returns why it does not work here, or None."""

    def open(self):
        self.home = os.open("/proc/thread-self/ns/net", os.O_RDONLY)
        if libc.unshare(CLONE_NEWNET):
            os.close(self.home)
            return "needs root: a network namespace"
        try:
            run("ip", "link", "set", "lo", "up")
            run("iptables", "-L", "-n")
        except (OSError, RuntimeError) as error:
            self.close()
            return f"needs ip and iptables: {error}"
        return None

    def close(self):
        libc.setns(self.home, CLONE_NEWNET)
        os.close(self.home)


def run(*command):
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode:
        raise RuntimeError(done.stderr.strip())


def drop(port, *more):
    """Packets from and to that port are lost without a word; returns what ends it."""
    rules = [["INPUT", "-p", "tcp", side, str(port), *more, "-j", "DROP"] for side in ("--sport", "--dport")]
    for rule in rules:
        run("iptables", "-A", *rule)

    def end():
        for rule in rules:
            run("iptables", "-D", *rule)
    return end
