# SPDX-License-Identifier: Apache-2.0
"""Workers on private servers; entries are added by XADD as a gateway does it. All intervals are short."""
import atexit
import json
import os
import re
import signal
import subprocess
import sys
import unittest
import urllib.error
import urllib.request

from servers import Postgres, Redis, clean_environment, wait_for  # noqa: F401

BIN = os.environ["TRUNKLINE_BIN"]
STREAM = "{trunkline}:deliveries"
QUICK = {
    "threads": 2,
    "block": "50ms",
    "claim-after": "1s",
    "reclaim-interval": "100ms",
    "retry-base": "50ms",
    "retry-poll-interval": "50ms",
    "outage-backoff-min": "20ms",
    "outage-backoff-max": "300ms",
    "probe-interval-max": "300ms",
    "heartbeat-interval": "100ms",
    "redis-timeout": "1s",
    "postgres-lock-timeout": "300ms",
    "postgres-statement-timeout": "3s",
    "lease": "2s",
}


def message(number, text="hello", **more):
    """Returns the body of this message.received, of the seed generation."""
    data = {
        "id": f"TRUNKLINE-TEST-{number}",
        "conversationId": f"CN{number % 50}",
        "from": "+14155550142",
        "to": ["+14155550100"],
        "direction": "incoming",
        "body": text,
        "createdAt": "2026-03-01T10:00:00.000Z",
        **more,
    }
    return json.dumps(
        {
            "id": f"EV{number}",
            "type": "message.received",
            "createdAt": "2026-03-01T10:00:00.000Z",
            "data": {"object": data},
        }
    )


class Worker:
    def __init__(self, redis, postgres, *flags, database=None, **options):
        settings = {**QUICK, **{k.replace("_", "-"): v for k, v in options.items()}}
        self.log_path = os.path.join(redis.folder, f"worker-{len(Worker.running)}.log")
        command = [
            os.path.join(BIN, "trunkline-worker"),
            "--redis",
            redis.url_of("worker"),
            "--postgres",
            database or postgres.url_of("worker"),
            "--ops-listen",
            "127.0.0.1:0",
            *flags,
        ]
        for name, value in settings.items():
            command += ["--" + name, str(value)]
        with open(self.log_path, "wb") as log:
            self.process = subprocess.Popen(
                command, env=clean_environment(), stdin=subprocess.DEVNULL, stdout=log, stderr=log
            )
        Worker.running.append(self)
        wait_for(lambda: self.process.poll() is not None or "ops=" in self.log(), "the worker to start")
        if self.process.poll() is not None:
            raise RuntimeError(self.log())
        self.ops = re.search(r"ops=\"?([0-9.:]+)", self.log()).group(1)

    running = []

    def log(self):
        with open(self.log_path, encoding="utf-8", errors="replace") as file:
            return file.read()

    def wait_logged(self, text):
        """Waits for a log line with that text."""
        wait_for(lambda: text in self.log(), f"a log line with {text!r}")

    def ready(self):
        """Returns (HTTP status, body) of /readyz."""
        try:
            with urllib.request.urlopen(f"http://{self.ops}/readyz", timeout=30) as answer:
                return answer.status, json.load(answer)
        except urllib.error.HTTPError as refused:
            with refused:
                return refused.code, json.load(refused)

    def wait_ready(self):
        wait_for(lambda: self.ready()[0] == 200, "the worker to be ready")

    def wait_blocked(self, why):
        def blocked():
            status, answer = self.ready()
            return status == 503 and answer["state"] == "blocked" and any(why in r for r in answer["reasons"])

        wait_for(blocked, f"the worker to be blocked by {why}")

    def kill(self):
        self.process.kill()
        self.process.wait(30)

    def terminate(self):
        """Sends SIGTERM; returns the exit code."""
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(60)

    def close(self):
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGCONT)
            self.kill()


class WorkerTest(unittest.TestCase):
    """One Redis and one PostgreSQL per class; each test begins with an empty stream and empty tables."""

    @classmethod
    def setUpClass(cls):
        cls.redis, cls.postgres = Redis(), Postgres()
        cls.postgres.migrate(os.path.join(BIN, "trunkline"))

    @classmethod
    def tearDownClass(cls):
        cls.redis.close()
        cls.postgres.close()

    def setUp(self):
        self.workers = []
        self.redis.command("FLUSHALL")
        self.sql(
            "truncate webhook_events, activities, contacts, contact_cards, conversations, conversation_links, "
            "own_numbers, recordings, event_copies"
        )

    def tearDown(self):
        failed = self._outcome.result.failures + self._outcome.result.errors
        for worker in self.workers:
            worker.close()
            if any(test is self for test, _ in failed):
                print(f"--- {self.id()}\n{worker.log()[-4000:]}", file=sys.stderr)

    def worker(self, *flags, **options):
        worker = Worker(self.redis, self.postgres, *flags, **options)
        self.workers.append(worker)
        return worker

    def sql(self, text):
        return self.postgres.psql(text)

    def count(self, what="webhook_events"):
        return int(self.sql(f"select count(*) from {what}"))

    def add(self, body, delivery_id="01TEST", **fields):
        flat = [
            x
            for k, v in {"d": delivery_id, "t": "1772359200000", "s": "hex", "k": "0", **fields}.items()
            for x in (k, v)
        ]
        return self.redis.command("XADD", STREAM, "*", *flat, "b", body)

    def add_messages(self, numbers):
        return [self.add(message(n)) for n in numbers]

    def add_at_once(self, numbers):
        """Adds all in one command, so that one read returns them all."""
        self.redis.command(
            "EVAL",
            "for i = 1, #ARGV do redis.call('XADD', KEYS[1], '*', 'd', '01TEST', 't', "
            "'1772359200000', 's', 'hex', 'k', '0', 'b', ARGV[i]) end",
            1,
            STREAM,
            *[message(n) for n in numbers],
        )

    def states(self):
        """Returns {"processed": 3, ...}."""
        rows = self.sql("select state, count(*) from webhook_events group by 1 order by 1").split("\n")
        return {state: int(n) for state, n in (row.split("|") for row in rows if row)}

    def pending(self):
        try:
            return self.redis.command("XPENDING", STREAM, "workers")[0]
        except RuntimeError:
            return 0

    def consumers(self):
        found = self.redis.command("XINFO", "CONSUMERS", STREAM, "workers")
        return [dict(zip(c[::2], c[1::2])) for c in found]

    def lock_table(self, table):
        """Takes an exclusive lock in a new session; returns the function that ends it."""
        return self.session(f"begin; lock table {table} in access exclusive mode;")

    def session(self, text):
        psql = subprocess.Popen(
            [
                "psql",
                "-X",
                "-q",
                "-A",
                "-t",
                "-h",
                "127.0.0.1",
                "-p",
                str(self.postgres.port),
                "-U",
                "trunkline",
                "-d",
                "trunkline",
            ],
            stdin=subprocess.PIPE,
            text=True,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
        )
        self.addCleanup(psql.wait, 30)
        self.addCleanup(psql.stdout.close)
        self.addCleanup(psql.kill)
        psql.stdin.write(text + "\n\\echo locked\n")
        psql.stdin.flush()
        self.assertEqual(psql.stdout.readline(), "locked\n")

        def end():
            psql.stdin.write("rollback;\n\\echo done\n")
            psql.stdin.flush()
            self.assertEqual(psql.stdout.readline(), "done\n")

        return end

    def wait_drained(self, deadline=30):
        wait_for(
            lambda: self.redis.command("XLEN", STREAM) == 0 and self.pending() == 0, "the stream to drain", deadline
        )

    def wait_states(self, deadline=30, **expected):
        try:
            wait_for(lambda: self.states() == expected, f"states {expected}", deadline)
        except TimeoutError as late:
            raise AssertionError(f"{late}, not {self.states()}") from None

    def process_info(self, worker):
        for key in self.redis.command("KEYS", "{trunkline}:worker:*"):
            flat = self.redis.command("HGETALL", key)
            card = dict(zip(flat[::2], flat[1::2]))
            if card.get("pid") == str(worker.process.pid):
                return card
        return {}


def end_all():
    for worker in Worker.running:
        worker.close()


atexit.register(end_all)
