# SPDX-License-Identifier: Apache-2.0
"""A gateway under more load than it can serve: invalid requests, saturation, bursts, a retry storm, CPU contention.

Every run checks that each delivery answered 200 is stored and that the gateway accepts deliveries again afterwards.
Rates, latencies and recovery times depend on what else the machine does: they are printed always and checked only by
./tests/run soak.
"""
import os
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
import unittest

import scrape
from gateway_harness import PATIENT, STREAM, Gateway
from seeds import SOAK
from senders import Crowd, Paced, measured, rss_mb
from servers import Redis, wait_for

WRONG = {"x-openphone-signature-v1": "0" * 64}


class Overload(unittest.TestCase):
    def setUp(self):
        if not shutil.which("wrk"):
            self.skipTest("no wrk")
        self.redis = Redis()
        self.addCleanup(self.redis.close)

    def start(self, *options):
        gateway = Gateway(self.redis.url_of("gateway"), *(options or PATIENT), log_level="info")
        self.addCleanup(gateway.stop)
        return gateway

    def expect_normal(self, gateway):
        """Waits until twenty deliveries in a row are answered 200."""
        began = time.monotonic()
        wait_for(lambda: all(gateway.post().status == 200 for _ in range(20)), "20 deliveries in a row answered 200")
        measured("back to normal after", f"{time.monotonic() - began:.1f} s")
        if SOAK:
            self.assertLess(time.monotonic() - began, 10)
            run = Paced(gateway, 50, 1).run()
            self.assertEqual((run.errors, run.refused), (0, 0))
            measured("then", f"p99 {run.quantile(.99) * 1000:.0f} ms")

    def stored(self):
        return self.redis.command("XLEN", STREAM)


class Garbage:
    """Opens connections continuously, sends bytes that are no request and never closes them."""

    def __init__(self, port):
        self.port, self.opened, self.stopped = port, 0, threading.Event()
        self.thread = threading.Thread(target=self._run)
        self.thread.start()

    def _run(self):
        held = []
        while not self.stopped.is_set():
            try:
                held.append(socket.create_connection(("127.0.0.1", self.port), timeout=1))
                held[-1].sendall(os.urandom(64) if self.opened % 2 else b"")
                self.opened += 1
            except OSError:
                pass
            if len(held) > 200:
                held.pop(0).close()
            time.sleep(0.002)
        for each in held:
            each.close()

    def stop(self):
        self.stopped.set()
        self.thread.join()


class InvalidRequests(Overload):
    """wrk sends as fast as it is answered, so invalid requests use all CPU time that is left."""

    def valid_among(self, crowds, name):
        gateway = self.start()
        rate, seconds = 100, 10 if SOAK else 1.2
        alone, among, invalid = [], [], 0.0
        for _ in range(2 if SOAK else 1):
            alone.append(Paced(gateway, rate, seconds, 40).run())
            running = [Crowd(gateway, int(seconds) + 2, **crowd) for crowd in crowds]
            garbage = Garbage(gateway.port)
            wait_for(lambda: garbage.opened > 50, "garbage")
            among.append(Paced(gateway, rate, seconds, 40).run())
            garbage.stop()
            for each in [each.result() for each in running]:
                invalid += each.rate / (2 if SOAK else 1)
                self.assertGreater(each.total, 0)
                self.assertEqual(each.counts.get("200", 0), 0)
        before, after = (sum(p.goodput for p in runs) / len(runs) for runs in (alone, among))
        measured(
            f"goodput among invalid requests, {name}",
            f"{after / before:.2f} of {before:.0f}/s with {invalid:.0f} invalid requests per second",
        )
        self.assertEqual(sum(p.errors for p in among), 0)
        self.assertGreater(sum(p.ok for p in among), 0)
        if SOAK:
            self.assertGreater(invalid, 5 * rate, "too few invalid requests to prove anything")
            self.assertGreaterEqual(after, 0.7 * before)
        self.expect_normal(gateway)

    def test_unsigned_and_wrongly_signed(self):
        self.valid_among([{"connections": 50, "headers": {}}, {"connections": 50, "headers": WRONG}], "100 connections")

    def test_on_many_connections(self):
        many = 250 if SOAK else 120  # of each kind: waiting for a turn among them is what costs
        self.valid_among(
            [{"connections": many, "headers": WRONG}, {"connections": many, "path": "/nothing"}],
            f"{2 * many} connections",
        )


class Load(Overload):
    def test_steps(self):
        """Each delivery has its scheduled time, so waiting behind a slow one counts."""
        gateway = self.start()
        for rate in (200, 400, 800) if SOAK else (100, 200):
            for fresh in (False, True):
                before = self.stored()
                run = Paced(gateway, rate, 60 if SOAK else 1.2, 32, fresh).run()
                kind = "new connections" if fresh else "kept connections"
                measured(
                    f"{rate}/s on {kind}",
                    f"p50 {run.quantile(.5) * 1000:.0f} ms, " f"p99 {run.quantile(.99) * 1000:.0f} ms",
                )
                self.assertEqual((run.errors, run.refused), (0, 0))
                self.assertEqual(self.stored() - before, run.ok)
                if SOAK:
                    self.assertGreaterEqual(run.goodput, 0.7 * rate)

    def test_saturation_and_back(self):
        """Three times the senders that saturate it already."""
        gateway = self.start()
        Crowd(gateway, 1, 64).result()  # warm-up
        seconds = 60 if SOAK else 2
        before = self.stored()
        peak = Crowd(gateway, seconds, 256).result()
        over = Crowd(gateway, seconds, 768).result()
        kept = over.counts.get("200", 0) / max(1, peak.counts.get("200", 0))
        measured(
            "goodput at three times saturation",
            f"{kept:.2f} of {peak.rate:.0f}/s, p99 {over.p99:.2f} s, {rss_mb(gateway.process.pid):.0f} MB",
        )
        self.assertEqual(set(k for k in over.counts if k.isdigit()) - {"200", "503"}, set())
        self.assertGreaterEqual(self.stored() - before, peak.counts.get("200", 0) + over.counts.get("200", 0))
        self.assertLess(rss_mb(gateway.process.pid), 300)
        if SOAK:
            self.assertGreaterEqual(kept, 0.5)  # 0.8 without senders on the same CPUs
        self.expect_normal(gateway)

    def test_burst_after_silence(self):
        gateway = self.start()
        before = self.stored()
        burst = Crowd(gateway, 1, 500).result()
        accepted, rejected = burst.counts.get("200", 0), burst.counts.get("503", 0)
        measured("burst of a second", f"{accepted} accepted, {rejected} rejected")
        self.assertEqual(set(k for k in burst.counts if k.isdigit()) - {"200", "503"}, set())
        # wrk ends without reading the last response of each connection; a rejected delivery may be stored.
        self.assertGreaterEqual(self.stored() - before, accepted)
        self.assertLessEqual(self.stored() - before, accepted + rejected + 500)
        self.expect_normal(gateway)

    def test_retry_storm(self):
        """Redis is stopped; each sender repeats a rejected delivery at once."""
        gateway = self.start("--redis-deadline", "100ms")

        def rejected():
            return scrape.Page(f"127.0.0.1:{gateway.ops}").total("trunkline_gateway_requests_total", code="503")

        storm = Crowd(gateway, 120, 100)
        wait_for(lambda: self.stored() > 100, "deliveries")
        os.kill(self.redis.process.pid, signal.SIGSTOP)
        wait_for(lambda: rejected() > 500, "500 rejected deliveries")
        os.kill(self.redis.process.pid, signal.SIGCONT)
        resumed, accepted = time.monotonic(), self.stored()
        wait_for(lambda: self.stored() > accepted + 100, "deliveries to be accepted during the storm")
        steady = Paced(gateway, 50, 1.5, 16).run()
        storm.stop()
        storm.result()
        wait_for(lambda: gateway.post().status == 200, "deliveries to be accepted")
        delays = {int(k[5:]) for k in storm.counts if k.startswith("after")}
        measured(
            "retry storm",
            f"{storm.counts.get('503', 0)} rejected, {storm.counts['200']} accepted, "
            f"of another sender {steady.ok} of {len(steady.waits)}, "
            f"over {time.monotonic() - resumed:.1f} s after Redis continued",
        )
        self.assertGreaterEqual(len(delays), 10, "Retry-After is spread")
        self.assertGreaterEqual(min(delays), 5)
        self.assertLessEqual(max(delays), 30)
        self.assertEqual(steady.errors, 0)
        if SOAK:
            self.expect_normal(gateway)

    def test_cpu_contention(self):
        gateway = self.start()
        burners = [subprocess.Popen([sys.executable, "-c", "while True: pass"]) for _ in range(4)]
        before = self.stored()
        try:
            run = Paced(gateway, 50, 3, 16).run()
        finally:
            for each in burners:
                each.kill()
                each.wait()
        measured("with four busy processes", f"{run.ok} of {len(run.waits)}, p99 {run.quantile(.99) * 1000:.0f} ms")
        self.assertEqual(run.errors, 0)
        self.assertGreater(run.ok, 0)
        self.assertGreaterEqual(self.stored() - before, run.ok)
        if SOAK:
            self.assertGreaterEqual(run.ok, 0.7 * 150)
        self.assertIsNone(gateway.process.poll())

    def test_address_space_limited(self):
        """With a little more address space than it uses, the gateway may reject or end; what it accepted is stored."""
        gateway = self.start()
        subprocess.run(
            ["prlimit", "--pid", str(gateway.process.pid), f"--as={self.address_space(gateway) + (4 << 20)}"],
            check=True,
        )
        before = self.stored()
        crowd = Crowd(gateway, 2, 64, body=("x", 500_000)).result()
        self.assertGreaterEqual(self.stored() - before, crowd.counts.get("200", 0))
        end = "running" if gateway.process.poll() is None else "ended"
        measured(
            "without memory", f"{crowd.counts.get('200', 0)} accepted, {crowd.counts.get('503', 0)} rejected, {end}"
        )

    @staticmethod
    def address_space(gateway):
        with open(f"/proc/{gateway.process.pid}/statm", encoding="ascii") as file:
            return int(file.read().split()[0]) * os.sysconf("SC_PAGE_SIZE")
