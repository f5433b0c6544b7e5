# SPDX-License-Identifier: Apache-2.0
"""A PostgreSQL that accepts connections and never answers: every command that needs it ends within two seconds, exit
3."""
import os
import socket
import subprocess
import time
import unittest

from seeds import limit
from servers import clean_environment

TRUNKLINE = os.path.join(os.path.abspath(os.environ["TRUNKLINE_BIN"]), "trunkline")
VERBS = [
    "migrate",
    "migrate status",
    "events list",
    "events show 1",
    "events retry 1",
    "events retry --all-due",
    "dead list",
    "dead groups",
    "dead show 1",
    "dead replay 1 --yes",
    "dead replay --all --dry-run",
    "dead delete 1 --yes",
    "pause --reason backup",
    "resume",
]


class Silence(unittest.TestCase):
    def setUp(self):
        listener = socket.create_server(("127.0.0.1", 0))
        self.addCleanup(listener.close)
        self.url = f"postgresql://nobody@127.0.0.1:{listener.getsockname()[1]}/none"

    def start(self, verb, url):
        return subprocess.Popen(
            [TRUNKLINE, *verb.split()],
            env=clean_environment(DATABASE_URL=url),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def test_every_command(self):
        began = time.monotonic()
        running = {verb: self.start(verb, self.url) for verb in VERBS}
        for verb, process in running.items():
            with self.subTest(verb):
                out, err = process.communicate(timeout=30)
                # The message contains how long it waited; all of them together may take longer on a busy machine.
                self.assertIn("1500ms", err)
                self.assertEqual((process.returncode, out), (3, ""))
        self.assertLess(time.monotonic() - began, limit(6))

    def test_the_limit_of_the_url_wins(self):
        began = time.monotonic()
        _, err = self.start("migrate status", self.url + "?connect_timeout=3").communicate(timeout=30)
        self.assertGreaterEqual(time.monotonic() - began, 2.9)
        self.assertIn("timeout expired", err)

    def test_each_of_several_hosts_has_its_turn(self):
        listener = socket.create_server(("127.0.0.1", 0))
        self.addCleanup(listener.close)
        url = self.url.replace("/none", f",127.0.0.1:{listener.getsockname()[1]}/none")
        _, err = self.start("migrate status", url).communicate(timeout=30)
        self.assertNotIn("silence", err)
        listener.settimeout(1)
        listener.accept()  # the second host was tried as well
