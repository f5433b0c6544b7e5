# SPDX-License-Identifier: Apache-2.0
"""docs/configuration.md is the page that the build generates from the option tables; the reconciliation of
docs/runbook.md finds missing rows."""
import json
import os
import pathlib
import re
import subprocess
import unittest

from bodies_pipe import Sender
from pipeline import Pipeline, Postgres, clean_environment, wait_for

ROOT = pathlib.Path(__file__).resolve().parents[2]
RUNBOOK = (ROOT / "docs/runbook.md").read_text()
BIN = os.environ["TRUNKLINE_BIN"]


class Operations(unittest.TestCase):
    def test_configuration_page_is_current(self):
        built = pathlib.Path(BIN).resolve().parent / "share/configuration.md"
        self.assertEqual(
            (ROOT / "docs/configuration.md").read_text(),
            built.read_text(),
            "run: cmake --build --preset debug --target configuration-page",
        )

    @unittest.skipUnless(os.geteuid() == 0, "needs root: an /etc of its own")
    def test_the_default_file_is_read_with_lowest_precedence(self):
        own_etc = (
            "mount -t tmpfs none /etc && mkdir /etc/trunkline && cat > /etc/trunkline/trunkline.toml && "
            'exec "$0" --check-config --batch 7'
        )
        done = subprocess.run(
            ["unshare", "-m", "sh", "-c", own_etc, os.path.join(BIN, "trunkline-worker")],
            capture_output=True,
            text=True,
            input='log-level = "warn"\n[worker]\nthreads = 5\nbatch = 6\nlease = "5s"\n',
            env=clean_environment(TRUNKLINE_LEASE="4s"),
        )
        if "mount" in done.stderr or "unshare" in done.stderr:
            self.skipTest("needs root: " + done.stderr.strip())
        self.assertEqual(done.returncode, 0, done.stderr)
        said = dict(line.split(" = ", 1) for line in done.stdout.splitlines() if " = " in line)
        for name, begin in (("log-level", "warn "), ("threads", "5 "), ("batch", "7 "), ("lease", "4s ")):
            self.assertTrue(said[name].startswith(begin), f"{name}: {said[name]}")
        self.assertIn("/etc/trunkline/trunkline.toml", said["threads"])


class Settings(unittest.TestCase):
    def test_of_postgres(self):
        """deploy/postgresql.conf: a server starts with it, uses its values, and `trunkline doctor` reports nothing."""
        with open(os.path.join(ROOT, "deploy/postgresql.conf"), encoding="utf-8") as file:
            settings = dict(re.findall(r"^(\w+) = (\S+)$", file.read(), re.M))
        self.assertGreater(len(settings), 8)
        server = Postgres(**settings)
        self.addCleanup(server.close)
        server.migrate(os.path.join(BIN, "trunkline"))
        actual = {name: server.psql(f"show {name}") for name in settings}
        self.assertEqual(actual, settings)
        done = subprocess.run(
            [os.path.join(BIN, "trunkline"), "doctor", "--all", "--json"],
            capture_output=True,
            text=True,
            env=clean_environment(DATABASE_URL=server.url_of("readonly"), REDIS_URL="redis://127.0.0.1:1"),
        )
        found = {f["check"]: f["level"] for f in json.loads(done.stdout)["findings"]}
        levels = {check: level for check, level in found.items() if check.startswith("postgres.")}
        self.assertGreater(len(levels), 6)
        self.assertEqual(set(levels.values()), {"ok"}, levels)


class Reconciliation(unittest.TestCase):
    def test_difference(self):
        command = re.sub(r"^\$ |^\d.*$", "", re.search(r"```console\n(\$ stream=.*?)```", RUNBOOK, re.S)[1], flags=re.M)
        pipe = Pipeline()
        self.addCleanup(pipe.close)
        environment = clean_environment(
            REDIS_URL=pipe.redis.url_of("operator"), DATABASE_URL=pipe.postgres.url_of("readonly")
        )

        def said():
            done = subprocess.run(["bash", "-euc", command], env=environment, capture_output=True, text=True)
            self.assertEqual(done.returncode, 0, done.stderr)
            return done.stdout.strip()

        sender = Sender(pipe)
        self.addCleanup(sender.close)
        before = pipe.redis.command("XINFO", "STREAM", "{trunkline}:deliveries")
        before = dict(zip(before[::2], before[1::2]))["entries-added"]
        for body in (b"not JSON", b'{"id":"1"}', b'{"id":"1"}', b'{"id":"2"}'):
            self.assertEqual(sender.post(body)[0], 200)
        all_there = before + 4
        wait_for(
            lambda: said() == f"{all_there} appended, {all_there} rows, 0 waiting: difference 0", "the reconciliation"
        )
        pipe.postgres.psql("delete from event_copies")
        self.assertRegex(said(), r"difference [1-9]\d*$")
