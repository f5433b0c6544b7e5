# SPDX-License-Identifier: Apache-2.0
"""The connections that docs/sizing.md counts are those that exist, and that number suffices: with replicas × threads +
3 connections to PostgreSQL everything runs at the same time, including failures that need a probe of the server."""
import os
import subprocess
import threading

from exporter_harness import Exporter
from gateway_harness import Gateway
from servers import Postgres, clean_environment, wait_for
from worker_harness import BIN, Redis, WorkerTest, message

REPLICAS, THREADS, RESERVED = 2, 3, 3
# An error class that does not identify the event: the worker probes the server over a new connection.
ODD = """create function odd() returns trigger language plpgsql as $$ begin
  if new.body = 'odd' then raise exception 'odd' using errcode = 'XX000'; end if; return new; end $$;
  create trigger odd before insert or update on activities for each row execute function odd()"""
CONNECTIONS = """select count(*) filter (where usename = 'trunkline_worker'), count(*) filter (where usename <> 'trunkline')
  from pg_stat_activity where backend_type = 'client backend'"""


class Sizing(WorkerTest):
    @classmethod
    def setUpClass(cls):
        cls.redis = Redis()
        cls.postgres = Postgres(
            max_connections=str(REPLICAS * THREADS + 3 + RESERVED), superuser_reserved_connections=str(RESERVED)
        )
        cls.postgres.migrate(os.path.join(BIN, "trunkline"))

    def connections(self):
        return tuple(map(int, self.sql(CONNECTIONS).split("|")))

    def watch(self):
        seen, done = [], threading.Event()

        def look():
            while not done.wait(0.01):
                seen.append(self.connections()[1])

        thread = threading.Thread(target=look)
        thread.start()

        def stop():
            done.set()
            thread.join()

        self.addCleanup(stop)
        return seen

    def trunkline(self, verb, *options):
        return subprocess.run(
            [f"{BIN}/trunkline", verb, *options],
            capture_output=True,
            text=True,
            env=clean_environment(
                REDIS_URL=self.redis.url_of("operator"), DATABASE_URL=self.postgres.url_of("readonly")
            ),
        )

    def test_of_postgres(self):
        self.sql(ODD)
        workers = [self.worker(threads=THREADS, max_attempts=3) for _ in range(REPLICAS)]
        for worker in workers:
            worker.wait_ready()
        self.assertEqual(self.connections()[0], REPLICAS * THREADS)
        exporter = Exporter(self.redis.url_of("operator"), self.postgres.url_of("readonly"))
        self.addCleanup(exporter.close)
        seen = self.watch()
        for number in range(300):
            self.add(message(number, text="odd" if number % 25 == 0 else "hello"))
        wait_for(lambda: self.trunkline("queue").returncode != 3, "trunkline queue")
        self.wait_states(processed=288, dead=12)
        wait_for(lambda: exporter.get("/scaler.txt")[:2] == (200, "0\n"), "the exporter")
        self.assertEqual(self.count("webhook_events where state <> 'dead' and attempts > 0"), 0)
        self.assertEqual(self.connections()[0], REPLICAS * THREADS)
        wait_for(
            lambda: " of 9 in use" in self.trunkline("doctor", "--all").stdout, "trunkline doctor beside the exporter"
        )
        self.assertLessEqual(max(seen), REPLICAS * THREADS + 3)
        self.assertGreaterEqual(max(seen), REPLICAS * THREADS)

    def test_of_redis(self):
        self.worker(threads=THREADS).wait_ready()
        # It is opened when an entry has been pending for long.
        lock = subprocess.Popen(["psql", "-Xq", self.postgres.url], stdin=subprocess.PIPE, text=True)
        self.addCleanup(lock.wait)
        self.addCleanup(lock.stdin.close)
        lock.stdin.write("begin; lock table webhook_events;\n")
        lock.stdin.flush()
        wait_for(
            lambda: self.sql(
                "select count(*) from pg_locks where mode = 'AccessExclusiveLock' and granted"
                " and relation = 'webhook_events'::regclass"
            )
            == "1",
            "the lock",
        )
        self.add_messages(range(3))
        gateway = Gateway(self.redis.url_of("gateway"), "--threads", "2")
        self.addCleanup(gateway.stop)

        def users():
            clients = self.redis.command("CLIENT", "LIST")
            return [clients.count(f"user=trunkline-{user} ") for user in ("worker", "gateway")]

        wait_for(lambda: users() == [THREADS + 2, 8 * 2 + 1], f"these connections; there are {users()}")
