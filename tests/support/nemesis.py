# SPDX-License-Identifier: Apache-2.0
"""Breaks a Cluster at random times, the same for the same seed, and records each fault.

Each fault ends before the next one begins; Cluster.repair() ends what remains.
"""
import random
import signal
import time

LINKS = ("client-gateway", "gateway-redis", "worker-redis", "worker-postgres")


class Nemesis:
    def __init__(self, cluster, seed, kind):
        self.cluster, self.seed, self.kind, self.rng = cluster, seed, kind, random.Random(f"{seed} {kind}")
        self.done = []  # (what, began, ended), by time.time()

    def run(self, seconds, min_pause=0.05, max_pause=0.4):
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            time.sleep(self.rng.uniform(min_pause, max_pause))
            self.strike()

    def strike(self):
        what, fault = self.rng.choice(self.faults(self.kind))
        began = time.time()
        detail = fault()
        self.done.append((what + (f" {detail}" if detail else ""), began, time.time()))

    def faults(self, kind):
        """Returns [(name, function)]: each function breaks something, waits, repairs it, and returns a detail for the
        report."""
        cluster = self.cluster
        kills = {
            "gateway": [
                ("kill", lambda: self.kill("gateway")),
                ("restart", lambda: self.kill("gateway", signal.SIGTERM)),
            ],
            "workers": [
                ("kill", lambda: self.kill(self.rng.choice(cluster.workers()))),
                ("restart", lambda: self.kill(self.rng.choice(cluster.workers()), signal.SIGTERM)),
            ],
            "redis": [("kill", lambda: self.kill("redis")), ("restart", lambda: self.kill("redis", signal.SIGTERM))],
            "postgres": [
                ("kill", lambda: self.kill("postgres")),
                ("stop at once", lambda: self.kill("postgres", signal.SIGQUIT)),
                ("restart", lambda: self.kill("postgres", signal.SIGINT)),
            ],
        }
        parts = ["gateway", "redis", "postgres", *cluster.workers()]
        others = {
            "stops": [("stop and continue", lambda: self.freeze(self.rng.choice(parts)))],
            "refusals": [("refuse some rows", self.refuse), kills["workers"][0]],
            "network": [(name, getattr(self, name)) for name in ("cut", "delay", "stall", "lose", "cut_at")],
        }
        every = {**kills, **others}
        return every[self.rng.choice(sorted(every)) if kind == "mixed" else kind]

    def wait(self, least, most):
        time.sleep(self.rng.uniform(least, most))

    def kill(self, part, sig=signal.SIGKILL):
        self.cluster.end(part, sig)
        self.wait(0, 0.4)
        self.cluster.start(part)
        return part

    def freeze(self, part):
        self.cluster.freeze(part)
        self.wait(0.05, 1.6)
        self.cluster.thaw(part)
        return part

    def refuse(self):
        """Events fail, become retries, and are applied later."""
        self.cluster.postgres.psql("insert into proof.faults default values")
        self.wait(0.2, 0.6)
        end = time.monotonic() + 5
        while (
            time.monotonic() < end
            and self.cluster.postgres.psql("select count(*) from proof.transitions where new = 'retrying'") == "0"
        ):
            time.sleep(0.05)
        self.cluster.postgres.psql("delete from proof.faults")
        return ""

    def link(self):
        name = self.rng.choice(LINKS)
        return name, self.cluster.proxies[name]

    def cut(self):
        name, proxy = self.link()
        proxy.cut()
        return name

    def delay(self):
        name, proxy = self.link()
        proxy.delay(self.rng.uniform(0.01, 0.3))
        self.wait(0.3, 1.0)
        proxy.heal()
        return name

    def stall(self):
        name, proxy = self.link()
        proxy.stall(*self.rng.choice((("up",), ("down",), ("up", "down"))))
        self.wait(0.1, 1.5)
        proxy.heal()
        return name

    def lose(self):
        return self.after_bytes("lose")

    def cut_at(self):
        return self.after_bytes("cut")

    def after_bytes(self, then):
        """Connections opened from now on pass a limited number of bytes."""
        name, proxy = self.link()
        direction, count = self.rng.choice(("up", "down")), int(2 ** self.rng.uniform(0, 16))
        proxy.limit(direction, count, then)
        proxy.cut()
        self.wait(0.3, 1.0)
        proxy.heal()
        # A peer on a link that drops everything would wait for its deadline.
        if then == "lose" and self.rng.random() < 0.5:
            proxy.cut()
        return f"{name} {direction} after {count} bytes"

    def report(self):
        return f"seed {self.seed}, {self.kind}: " + "; ".join(
            f"{what} ({ended - began:.2f} s)" for what, began, ended in self.done
        )
