# SPDX-License-Identifier: Apache-2.0
"""The resolver does not answer or does not have the name: the worker is blocked with that reason, stops in time, and
resumes automatically. Needs root."""
import os
import random
import shutil
import socket
import struct
import subprocess
import sys
import tempfile
import threading
import time
from unittest import mock

import worker_harness
from seeds import limit
from worker_harness import WorkerTest


class Resolver:
    """A name server on loopback with one answer, 127.0.0.1, which it withholds while `silent`."""

    def __init__(self):
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.address = f"127.{random.randrange(1, 250)}.{random.randrange(1, 250)}.53"
        self.socket.bind((self.address, 53))
        self.silent, self.asked = True, 0
        threading.Thread(target=self.serve, daemon=True).start()

    def serve(self):
        while True:
            try:
                question, who = self.socket.recvfrom(1500)
            except OSError:
                return
            self.asked += 1
            if self.silent:
                continue
            end = question.index(b"\0", 12) + 5
            wants_v4 = question[end - 4 : end - 2] == b"\0\1"
            answer = question[:2] + b"\x81\x80\0\1" + (b"\0\1" if wants_v4 else b"\0\0") + b"\0\0\0\0"
            answer += question[12:end]
            if wants_v4:
                answer += b"\xc0\x0c\0\1\0\1" + struct.pack(">IH", 0, 4) + bytes([127, 0, 0, 1])
            self.socket.sendto(answer, who)


class Names(WorkerTest):
    def setUp(self):
        super().setUp()
        try:
            self.resolver = Resolver()
        except OSError:
            self.skipTest("needs root: port 53 of a loopback address")
        self.addCleanup(self.resolver.socket.close)
        folder = tempfile.mkdtemp(prefix="trunkline-names-")
        self.addCleanup(shutil.rmtree, folder)
        config = os.path.join(folder, "resolv.conf")
        with open(config, "w", encoding="utf-8") as file:
            file.write(f"nameserver {self.resolver.address}\noptions timeout:1 attempts:1\n")
        probe = ["unshare", "-m", "mount", "--bind", config, "/etc/resolv.conf"]
        if subprocess.run(probe, capture_output=True, check=False).returncode:
            self.skipTest("needs root: a mount namespace")
        # Only the worker uses that resolv.conf.
        program = os.path.join(folder, "trunkline-worker")
        with open(program, "w", encoding="utf-8") as file:
            file.write(
                f"#!/bin/sh\nexec unshare -m sh -c 'mount --bind {config} /etc/resolv.conf && exec \"$@\"' sh "
                f'{worker_harness.BIN}/trunkline-worker "$@"\n'
            )
        os.chmod(program, 0o755)
        patched = mock.patch.object(worker_harness, "BIN", folder)
        patched.start()
        self.addCleanup(patched.stop)
        self.url = self.postgres.url_of("worker").replace("127.0.0.1", "postgres.test.invalid")

    def test_a_silent_resolver_blocks(self):
        worker = self.worker(database=self.url)
        self.add_messages(range(50))
        worker.wait_blocked("postgres.test.invalid")
        self.assertGreater(self.resolver.asked, 0)
        self.assertIsNone(worker.process.poll())
        self.resolver.silent = False
        began = time.monotonic()
        self.wait_states(processed=50)
        worker.wait_ready()
        print(f"measured: resolver back, all rows after: {time.monotonic() - began:.2f} s", file=sys.stderr)
        self.assertEqual(self.count("webhook_events where attempts > 0"), 0)

    def test_open_connections_live_on(self):
        self.resolver.silent = False
        worker = self.worker(database=self.url)
        worker.wait_ready()
        self.resolver.silent = True
        asked = self.resolver.asked
        self.add_messages(range(50))
        self.wait_states(processed=50)
        self.assertEqual(self.resolver.asked, asked)
        self.assertEqual(worker.ready()[0], 200)

    def test_a_stop_while_the_resolver_is_silent(self):
        worker = self.worker(database=self.url, drain_timeout="100ms")
        worker.wait_blocked("postgres.test.invalid")
        began = time.monotonic()
        self.assertEqual(worker.terminate(), 0)
        self.assertLess(time.monotonic() - began, limit(6))
