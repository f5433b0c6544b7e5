# SPDX-License-Identifier: Apache-2.0
"""Backup and restore with the commands of docs/backup.md: both servers are lost, PostgreSQL is restored from an older
dump, Redis from a copy of its append-only file. What the copies contain is there once, and so is the rest after the
provider has resent it."""
import itertools
import pathlib
import re
import shutil
import signal
import socket
import subprocess
import tempfile
import unittest

from checker import Checker
from cluster import Cluster
from delivery_client import answer_of
from seeds import seeds
from servers import SCHEMA, Postgres, clean_environment, wait_for
from signed_deliveries import deliveries

PAGE = (pathlib.Path(__file__).resolve().parents[2] / "docs/backup.md").read_text(encoding="utf-8")


def block(beginning):
    """Returns the commands of the page's block that begins with this text."""
    return re.search(rf"```sh\n({re.escape(beginning)}.*?)```", PAGE, re.S)[1]


def run(commands, folder, **environment):
    done = subprocess.run(
        ["bash", "-euo", "pipefail", "-c", commands],
        cwd=folder,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=120,
        env=clean_environment(**environment),
    )
    if done.returncode:
        raise AssertionError(done.stdout + done.stderr)


class Restore(unittest.TestCase):
    def setUp(self):
        self.seed = seeds()[0]
        self.cluster = Cluster(workers=1, proxied=False)
        self.addCleanup(lambda: self.cluster.close())
        self.cluster.postgres.psql(
            "grant usage on schema proof to trunkline_owner;"  # of the checker, also in the dump
            "grant select on all tables in schema proof to trunkline_owner;"
        )
        self.source, self.sent = deliveries(self.seed), {}

    def new(self, count):
        return list(itertools.islice(self.source, count))

    def send(self, which):
        with socket.create_connection(("127.0.0.1", self.cluster.client_port), timeout=10) as connection:
            for each in which:
                connection.sendall(each.request())
                self.assertEqual(answer_of(connection), (200, True))
                self.sent[each.key] = each

    def drain(self):
        def idle():
            try:
                return self.cluster.stream()[1:] == (0, 0)
            except (OSError, RuntimeError):  # no group yet
                return False

        wait_for(idle, "the stream to be empty")

    def back_up(self):
        """Returns a folder with both copies."""
        folder = tempfile.mkdtemp(prefix="trunkline-backup-")
        self.addCleanup(shutil.rmtree, folder)
        run(
            block("pg_dump").replace("/var/lib/redis", self.cluster.redis.folder),
            folder,
            DATABASE_URL=self.cluster.postgres.url_of("owner"),
            REDIS_URL=self.cluster.redis.url,
        )
        return folder

    def lose_everything(self):
        self.cluster.end("redis")
        shutil.rmtree(self.cluster.redis.folder + "/appendonlydir")
        self.cluster.postgres.close()

    def restore_redis(self, backup):
        shutil.copytree(backup + "/redis-backup", self.cluster.redis.folder + "/appendonlydir")
        self.cluster.start("redis")

    def restore_postgres(self, backup):
        server = Postgres()
        server.psql("drop database trunkline", database="postgres")
        run(
            block("createdb").replace("/usr/share/trunkline/schema", SCHEMA),
            backup,
            PGHOST="127.0.0.1",
            PGPORT=str(server.port),
            PGUSER="trunkline",
        )
        self.cluster.postgres = server

    def keys(self):
        return set(self.cluster.postgres.psql("select encode(event_key, 'hex') from webhook_events").split())

    def test_from_a_dump_and_a_copy(self):
        in_dump, lost, in_redis = self.new(120), self.new(60), self.new(80)
        self.send(in_dump)
        self.drain()
        dump = self.back_up()
        self.send(lost)
        self.drain()
        self.cluster.end("worker 0", signal.SIGTERM)
        self.send(in_redis + in_dump[:10])  # some are sent once more
        copy = self.back_up()

        self.lose_everything()
        self.restore_redis(copy)
        self.restore_postgres(dump)
        self.cluster.start("worker 0")
        self.drain()
        self.assertEqual(self.keys(), {each.key for each in in_dump + in_redis}, f"seed {self.seed}")
        self.assertEqual(self.cluster.postgres.psql("select count(*) from event_copies"), "10")

        # The provider sends what was missing, and some deliveries that were not.
        wait_for(lambda: self.accepts(lost[0]), "the gateway to accept")
        self.send(lost[1:] + in_redis[:5])
        self.drain()
        found = self.problems()
        self.assertEqual(found, [], f"seed {self.seed}\n{self.cluster.tail()}")

    def accepts(self, delivery):
        try:
            with socket.create_connection(("127.0.0.1", self.cluster.client_port), timeout=10) as connection:
                connection.sendall(delivery.request())
                self.sent[delivery.key] = delivery
                return answer_of(connection)[0] == 200
        except OSError:
            return False

    def problems(self):
        """Nothing is lost, every event is final once, the rows are those of an undisturbed run, no attempt is
        counted."""
        checker = Checker(self.cluster)
        burnt = self.cluster.postgres.psql(
            "select event_id from webhook_events where state <> 'dead' and attempts + claims > 0"
        ).split()
        return checker.lost(self.sent, self.sent) + checker.doubled() + checker.different() + burnt
