# SPDX-License-Identifier: Apache-2.0
"""Clients that keep connections open: slow (slowhttptest), silent and idle ones, with valid senders at the same
time."""
import os
import resource
import shutil
import socket
import subprocess
import tempfile
import time
import unittest

from gateway_harness import PATH, PATIENT, Client, WithGateway, cpu_seconds, request
from seeds import SOAK, limit
from senders import Paced, measured, rss_mb
from servers import wait_for


class WithProcessInfo(WithGateway):
    def process_info(self):
        keys = self.redis.command("KEYS", "{trunkline}:gateway:*")
        cards = [self.redis.command("HGETALL", key) for key in keys]
        cards = [dict(zip(c[::2], c[1::2])) if isinstance(c, list) else c for c in cards]
        return max(cards, key=lambda c: int(c["started"]))


@unittest.skipUnless(shutil.which("slowhttptest"), "no slowhttptest")
class Slow(WithProcessInfo):
    def valid_among(self, *attack):
        gateway = self.start("--header-timeout", "1s", "--body-timeout", "1s", *PATIENT)
        alone = Paced(gateway, 50, 1, 16).run()
        with tempfile.TemporaryDirectory(prefix="trunkline-slow-") as folder:
            slow = subprocess.Popen(
                [
                    "slowhttptest",
                    *attack,
                    "-c",
                    "300",
                    "-r",
                    "300",
                    "-l",
                    "5",
                    "-p",
                    "3",
                    "-u",
                    f"http://127.0.0.1:{gateway.port}{PATH}",
                ],
                cwd=folder,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
            )
            try:
                wait_for(lambda: int(self.connections(gateway)) > 50, "slow connections")
                among = Paced(gateway, 50, 2.5, 16).run()
                self.assertEqual((among.errors, among.refused), (0, 0))
                # The attack continues: the deadlines end its connections.
                wait_for(lambda: self.connections(gateway) == 0, "slow connections to be closed")
            finally:
                slow.kill()
                slow.wait()
        measured(
            f"slowhttptest {attack[0]}",
            f"p99 {among.quantile(.99) * 1000:.0f} ms, alone " f"{alone.quantile(.99) * 1000:.0f} ms",
        )
        if SOAK:
            self.assertGreaterEqual(among.goodput, 0.7 * 50)
            self.assertLess(among.quantile(0.99), max(1.0, 2 * alone.quantile(0.99)))

    @staticmethod
    def connections(gateway):
        """Returns the number of established connections at the gateway's end."""
        where = f"0100007F:{gateway.port:04X}"
        with open("/proc/net/tcp", encoding="ascii") as file:
            return sum(row.split()[1] == where and row.split()[3] == "01" for row in file.readlines()[1:])

    def test_headers(self):
        self.valid_among("-H", "-i", "1", "-t", "POST")

    def test_bodies(self):
        self.valid_among("-B", "-i", "1", "-s", "8192", "-f", "application/json")

    def test_responses_read_slowly(self):
        self.valid_among("-X", "-k", "5", "-w", "1", "-y", "2", "-n", "1", "-z", "1")


class Idle(WithProcessInfo):
    def test_five_thousand(self):
        soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
        if hard < 12000:
            self.skipTest("needs 12,000 file descriptors")
        gateway = self.start("--max-connections", "6000", "--idle-timeout", "1h", "--header-timeout", "1h", *PATIENT)
        resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
        self.addCleanup(resource.setrlimit, resource.RLIMIT_NOFILE, (soft, hard))
        before = rss_mb(gateway.process.pid)
        held = []
        try:
            for n in range(5000):
                held.append(socket.create_connection(("127.0.0.1", gateway.port), timeout=10))
            wait_for(lambda: len(os.listdir(f"/proc/{gateway.process.pid}/fd")) > 5000, "all of them")
            spent, began = cpu_seconds(gateway.process.pid), time.monotonic()
            time.sleep(1)  # a second in which nothing happens
            busy = (cpu_seconds(gateway.process.pid) - spent) / (time.monotonic() - began)
            run = Paced(gateway, 100, 1.5, 16).run()
            measured(
                "5,000 idle connections",
                f"{rss_mb(gateway.process.pid) - before:.0f} MB, {busy * 100:.0f} % CPU, "
                f"valid p99 {run.quantile(.99) * 1000:.0f} ms",
            )
            if SOAK:
                self.assertLess(busy, 0.2)
            self.assertEqual((run.errors, run.refused), (0, 0))
        finally:
            for each in held:
                each.close()
        wait_for(lambda: len(os.listdir(f"/proc/{gateway.process.pid}/fd")) < 100, "descriptors given back")

    def test_the_longest_idle_are_closed_at_the_limit(self):
        gateway = self.start("--max-connections", "20", "--idle-timeout", "1h", "--header-timeout", "1h")
        # Below the limit connections are kept after a response; these reach the limit.
        kept = [Client(gateway) for _ in range(20)]
        for client in kept[:10]:
            client.send(request(b"{}")[:20])  # in the middle of a request: never closed
        began = time.monotonic()
        with Client(gateway) as newcomer:
            newcomer.send(request(b"{}"))
            self.assertEqual(newcomer.read().status, 200)
        self.assertLess(time.monotonic() - began, limit(8))
        for client in kept[:10]:
            client.send(request(b"{}")[20:])
            self.assertEqual(client.read().status, 200)
        card = wait_for(
            lambda: (c := self.process_info()) and c.get("cleared", "0") != "0" and c,
            "the count in the process information",
        )
        self.assertGreater(int(card["waits_at_limit"]), 0)
        for client in kept:
            client.close()

    def test_no_connection_is_closed_below_the_limit(self):
        gateway = self.start("--max-connections", "3", "--idle-timeout", "1h", "--header-timeout", "1h")
        with Client(gateway) as first, Client(gateway) as second:
            time.sleep(1.5)  # longer than the idle time after which one may be closed
            for client in (first, second):
                client.send(request(b"{}"))
                self.assertEqual(client.read().status, 200)

    def test_descriptors_run_out(self):
        gateway = self.start("--threads", "1", "--idle-timeout", "1h", "--header-timeout", "1h", ulimit=256)
        held = [Client(gateway) for _ in range(400)]
        wait_for(lambda: gateway.find("no free file descriptors"), "the warning")
        # Silent connections are closed for one that sends a request, and this is counted.
        self.assertEqual(gateway.post().status, 200)
        card = wait_for(lambda: (c := self.process_info()) and c["waits_for_descriptors"] != "0" and c, "the count")
        self.assertGreater(int(card["cleared"]), 0)
        for each in held:
            each.close()

    def test_soft_limit_is_raised(self):
        gateway = self.start()
        with open(f"/proc/{gateway.process.pid}/limits", encoding="ascii") as file:
            row = next(line for line in file if line.startswith("Max open files")).split()
        self.assertEqual(row[3], row[4])
