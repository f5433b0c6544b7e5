# SPDX-License-Identifier: Apache-2.0
"""A separate network namespace with nothing but loopback: for tests that drop packets or slow them down. Threads and
processes started inside stay in it."""
import ctypes
import os
import subprocess

CLONE_NEWNET = 0x40000000
libc = ctypes.CDLL(None, use_errno=True)


class Namespace:
    """open() returns the reason why it is not available here, or None."""

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
    """Drops packets from and to that port; returns the function that ends it."""
    rules = [["INPUT", "-p", "tcp", side, str(port), *more, "-j", "DROP"] for side in ("--sport", "--dport")]
    for rule in rules:
        run("iptables", "-A", *rule)

    def end():
        for rule in rules:
            run("iptables", "-D", *rule)

    return end
