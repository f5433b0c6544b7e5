# SPDX-License-Identifier: Apache-2.0
"""The disk of Redis fails, is slow, is full; the append-only file is rewritten under load and the rewrite is
killed."""
import os
import signal
import subprocess
import time
import unittest

from gateway_harness import Gateway, restart, wait_for
from redis_harness import Senders, body_of, can_run, measured, names, seconds_until
from servers import Redis


class DiskCase(unittest.TestCase):
    redis_options = ()

    def setUp(self):
        self.redis = Redis(*self.redis_options)
        self.addCleanup(self.redis.close)
        self.gateway = Gateway(self.redis.url_of("gateway"), "--threads", "2", log_level="info")
        self.addCleanup(self.gateway.stop)

    def ready(self):
        return self.gateway.probe("/readyz")[0] == 200

    def reason(self):
        return self.gateway.probe("/readyz")[1].get("reason")

    def expect_recovery(self, what):
        """Redis is running again: measures the time until the first 200."""
        measured(
            f"{what}: Redis back to first 200",
            "%.2f s" % seconds_until(lambda: self.gateway.post(body_of("again")).status == 200, "200 again"),
        )
        wait_for(self.ready, "ready again")

    def expect_all_acked(self, senders):
        self.assertEqual(senders.odd, [])  # a running gateway never drops a connection
        self.assertEqual(senders.acked - set(names(self.redis)), set())


class Fsync(DiskCase):
    def setUp(self):
        if not can_run("strace", "-qq", "-o", "/dev/null", "-e", "inject=fdatasync:error=EIO", "true"):
            self.skipTest("needs strace, and the right to use it")
        super().setUp()

    def inject(self, what):
        """Injects a fault into the running Redis, from now on; returns the function that ends it."""
        strace = subprocess.Popen(
            [
                "strace",
                "-f",
                "-qq",
                "-o",
                "/dev/null",
                "-p",
                str(self.redis.process.pid),
                "-e",
                "trace=fdatasync",
                "-e",
                f"inject=fdatasync:{what}",
            ],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        self.addCleanup(strace.wait)
        self.addCleanup(strace.kill)

        def traced():
            try:
                with open(f"/proc/{self.redis.process.pid}/status", encoding="utf-8") as file:
                    return f"TracerPid:\t{strace.pid}\n" in file.read() or strace.poll() is not None
            except OSError:  # the fault came before this check
                return True

        wait_for(traced, "strace to be attached")
        if strace.poll() is not None and self.redis.alive():
            self.skipTest("needs the right to trace Redis")

        def end():
            strace.send_signal(signal.SIGINT)
            strace.wait(10)

        return end

    def test_an_error_ends_redis_and_nothing_is_acked_for_it(self):
        with Senders(self.gateway) as senders:
            senders.wait_acked(50)
            self.inject("error=EIO")
            self.redis.process.wait(20)
            failed = senders.failed()
            wait_for(lambda: senders.failed() > failed + 8, "503")
            wait_for(lambda: self.reason() == "not_connected", "unready")
            restart(self.redis)
            self.expect_recovery("fsync failed with EIO")
            senders.wait_acked(50)
        self.assertEqual(set(senders.answers.values()), {200, 503})
        self.expect_all_acked(senders)

    def test_waits_up_to_a_second_for_a_slow_gateway(self):
        with Senders(self.gateway) as senders:
            senders.wait_acked(20)
            end = self.inject("delay_enter=300000")
            began = time.monotonic()
            wait_for(lambda: sum(at > began for at, _, _ in list(senders.times)) > 8, "slow answers")
            end()
            slow = [seconds for at, seconds, status in list(senders.times) if at > began and status == 200]
            self.assertGreater(max(slow), 0.25)
            measured("fsync of 0.3 s: slowest answer 200", f"{max(slow):.2f} s")
            self.assertEqual(senders.count(503), 0)

            # Deliveries under way wait at the beginning; later ones are rejected at once because Redis is unreachable.
            began = time.monotonic()
            end = self.inject("delay_enter=2000000")
            wait_for(
                lambda: any(
                    at > began and status == 503 and seconds > 0.5 for at, seconds, status in list(senders.times)
                ),
                "503 for those who wait too long",
            )
            end()
            wait_for(lambda: self.gateway.post(body_of("again")).status == 200, "200 again")
            waited = [seconds for at, seconds, status in list(senders.times) if at > began and status == 503]
            self.assertLess(max(waited), 2.5)
            measured("fsync of 2 s: slowest 503", f"{max(waited):.2f} s")
        self.expect_all_acked(senders)


class Full(unittest.TestCase):
    def test_full_then_freed(self):
        redis = Redis()
        self.addCleanup(redis.close)
        redis.kill()
        disk = redis.folder + "/disk"
        os.mkdir(disk)
        if subprocess.run(["mount", "-t", "tmpfs", "-o", "size=24m", "none", disk], capture_output=True).returncode:
            self.skipTest("needs root: a small disk to fill")
        self.addCleanup(subprocess.run, ["umount", "-l", disk], capture_output=True)
        self.addCleanup(redis.close)  # before the disk fails
        redis.extra = ["--dir", disk]
        redis.start()
        gateway = Gateway(redis.url_of("gateway"), "--threads", "1", log_level="info")
        self.addCleanup(gateway.stop)
        with open(disk + "/ballast", "wb") as file:
            file.write(bytes(16 << 20))
        acked, n = [], 0
        while redis.alive() and n < 1000:
            n += 1
            if gateway.post(body_of(f"{n}-" + "x" * 100_000)).status == 200:
                acked.append(n)
            elif acked:
                wait_for(lambda: not redis.alive(), "Redis to give up")
        self.assertGreater(len(acked), 10)
        self.assertEqual(gateway.post().status, 503)
        wait_for(lambda: gateway.probe("/readyz")[1].get("reason") == "not_connected", "unready")
        os.unlink(disk + "/ballast")
        restart(redis)
        measured(
            "disk freed: Redis back to first 200",
            "%.2f s" % seconds_until(lambda: gateway.post(body_of("again")).status == 200, "200 again"),
        )
        there = {int(name.split("-")[0]) for name in names(redis) if name != "again"}
        self.assertEqual(set(acked) - there, set())


class Rewrite(DiskCase):
    # A rewrite of some seconds: 2,000 keys with 1.5 ms each.
    redis_options = ("--rdb-key-save-delay", "1500")

    def fill(self):
        self.redis.command("EVAL", "for i = 1, 2000 do redis.call('SET', 'filler' .. i, i) end", 0)

    def rewriting(self):
        return "aof_rewrite_in_progress:1" in self.redis.command("INFO", "persistence")

    def test_under_load(self):
        self.fill()
        with Senders(self.gateway, pause=0.002) as senders:
            senders.wait_acked(50)
            began = time.monotonic()
            self.redis.command("BGREWRITEAOF")
            wait_for(self.rewriting, "the rewrite to begin")
            wait_for(lambda: not self.rewriting(), "the rewrite to end")
            took = time.monotonic() - began
            senders.wait_acked(20)
        self.assertEqual(set(senders.answers.values()), {200})
        self.assertIn("aof_last_bgrewrite_status:ok", self.redis.command("INFO", "persistence"))
        times = sorted(seconds for at, seconds, _ in senders.times if began < at < began + took)
        measured(
            f"during a rewrite of {took:.1f} s, {len(times)} answers: p99",
            f"{times[int(len(times) * 0.99)] * 1000:.0f} ms",
        )
        self.redis.kill()
        restart(self.redis)  # loaded from the rewritten file
        self.expect_all_acked(senders)

    def test_killed_in_the_middle(self):
        self.fill()
        with Senders(self.gateway, pause=0.002) as senders:
            for part in (0.2, 0.8):
                senders.wait_acked(30)
                self.redis.command("BGREWRITEAOF")
                wait_for(self.rewriting, "the rewrite to begin")
                began = time.monotonic()
                senders.wait_acked(5)
                wait_for(lambda: time.monotonic() > began + part, "some of the rewrite")
                self.assertTrue(self.rewriting(), f"the rewrite was over before the kill: {part}")
                self.redis.kill()
                restart(self.redis)
                senders.wait_acked(10)
            self.expect_recovery("killed during a rewrite")
        self.expect_all_acked(senders)
