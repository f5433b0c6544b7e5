# SPDX-License-Identifier: Apache-2.0
"""Operations under a steady load: workers are added and removed, everything is restarted in turn, the gateway with a
passed socket. No delivery is rejected, nothing is lost, applied twice or counted as an attempt, and the counts of
`trunkline queue` are correct meanwhile."""
import json
import os
import signal
import socket
import subprocess
import sys
import threading
import unittest
from typing import NamedTuple

from checker import Checker
from cluster import Cluster
from delivery_client import DeliveryClient
from seeds import SOAK, seeds
from servers import clean_environment, wait_for
from signed_deliveries import KEYS

RATE = 200
SENDERS = 6


class SocketCluster(Cluster):
    """The test holds the gateway's socket, as systemd does, and passes it to each gateway process."""

    def __init__(self, **how):
        self.listening = socket.create_server(("127.0.0.1", 0), backlog=1024)
        super().__init__(proxied=False, **how)
        self.gateway_ports["gateway"] = self.listening.getsockname()[1]

    def _start_program(self, part, role):
        if role != "gateway":
            return super()._start_program(part, role)
        self.gateway_ports["gateway"] = self.listening.getsockname()[1]
        return subprocess.Popen(
            [
                "/bin/bash",
                "-c",
                f'export LISTEN_PID=$$ LISTEN_FDS=1; exec "$@" 3<&{self.listening.fileno()}',
                "bash",
                os.path.join(self.bin, "trunkline-gateway"),
                "--redis",
                self.redis.url_of("gateway"),
                "--listen",
                "systemd",
                "--ops-listen",
                "127.0.0.1:0",
                "--drain-delay",
                "0ms",
                "--redis-deadline",
                "10s",
            ],
            env=clean_environment(TRUNKLINE_SIGNING_KEYS="\n".join(KEYS)),
            stdin=subprocess.DEVNULL,
            stdout=self.log,
            stderr=self.log,
            pass_fds=[self.listening.fileno()],
        )

    def terminate(self, part):
        """Sends SIGTERM; returns the exit code."""
        self.programs[part].send_signal(signal.SIGTERM)
        return self.programs[part].wait(60)

    def close(self):
        super().close()
        self.listening.close()


class Counted(NamedTuple):
    """The counts at one point in time, from the servers and the client. All but `length` and `pending` only grow."""

    added: int  # entries ever added to the stream
    length: int  # entries in it
    pending: int  # of them pending
    rows: int  # rows of events and copies
    dead: int  # dead events
    acked: int  # deliveries answered 200
    broken: int  # connections that ended without a response: their delivery may be in the stream

    @property
    def removed(self):
        return self.added - self.length


def bounds(before, after):
    """Returns the lower and upper bound of what `trunkline queue` may report between two counts."""
    # An entry exists before its response is sent, and a row before its entry is removed.
    least = max(before.added - after.removed, before.acked - after.rows, 0)
    most = min(after.added - before.removed, after.acked + SENDERS + after.broken - before.removed)
    return least, most


def differences(queue, before, after):
    """Returns the values in the report that are outside the bounds."""
    least, most = bounds(before, after)
    waiting = queue["ready"]["count"] + queue["pending"]["count"]
    found = []
    if not least <= waiting <= most:
        found.append(f"{waiting} waiting, counted {least} to {most}: {before}, {after}")
    if not before.dead <= queue["dead"]["count"] <= after.dead:
        found.append(f"{queue['dead']['count']} dead, counted {before.dead} to {after.dead}")
    if queue["retrying"]["count"]:
        found.append(f"{queue['retrying']['count']} retrying, and nothing failed")
    if before._replace(acked=0, broken=0) == after._replace(acked=0, broken=0):
        if (queue["ready"]["count"], queue["pending"]["count"]) != (after.length - after.pending, after.pending):
            found.append(f"{queue['ready']} and {queue['pending']}, and nothing moved: {after}")
    return found


class Watcher:
    """Runs `trunkline queue --json` repeatedly and compares its report with counts taken before and after."""

    def __init__(self, cluster, client):
        self.cluster, self.client = cluster, client
        self.samples, self.wrong, self.stopping = [], [], threading.Event()
        self.thread = threading.Thread(target=self.watch, daemon=True)
        self.thread.start()

    def counted(self):
        added, length, pending = self.cluster.stream()
        rows, dead = map(
            int,
            self.cluster.postgres.psql(
                "select (select count(*) from webhook_events) + (select count(*) from event_copies),"
                " (select count(*) from webhook_events where state = 'dead')"
            ).split("|"),
        )
        answers = dict(self.client.answers)
        return Counted(
            added,
            length,
            pending,
            rows,
            dead,
            answers.get(200, 0),
            sum(n for what, n in answers.items() if isinstance(what, str)),
        )

    def look(self):
        """Runs it once; returns the bounds."""
        before = self.counted()
        said = subprocess.run(
            [os.path.join(self.cluster.bin, "trunkline"), "queue", "--json"],
            capture_output=True,
            text=True,
            timeout=20,
            env=clean_environment(
                REDIS_URL=self.cluster.redis.url_of("operator"), DATABASE_URL=self.cluster.postgres.url_of("readonly")
            ),
        )
        after = self.counted()
        queue = json.loads(said.stdout)
        self.samples.append(queue["ready"]["count"] + queue["pending"]["count"])
        self.wrong += differences(queue, before, after)
        return bounds(before, after)

    def watch(self):
        while not self.stopping.wait(0.1):
            try:
                self.look()
            except Exception as error:  # noqa: BLE001: the thread's end would hide it
                self.wrong.append(repr(error))

    def stop(self):
        self.stopping.set()
        self.thread.join(30)


class Scaling(unittest.TestCase):
    def test_one_to_four_to_one_and_everything_restarted(self):
        seed = seeds()[0]
        cluster = SocketCluster(workers=1)
        self.addCleanup(cluster.close)
        checker = Checker(cluster)
        checker.begin()
        client = DeliveryClient(
            lambda: cluster.gateway_ports["gateway"], seed, RATE, threads=SENDERS, give_up=0, timeout=30
        )
        watcher = Watcher(cluster, client)
        try:
            self.wait_responses(client)
            self.scale_up(cluster, client)
            self.restart_in_turn(cluster, client)
            self.scale_down(cluster, client)
            self.restart_the_last_one(cluster, client, watcher)
            self.wait_responses(client)
        finally:
            finished = client.finish(120)
            watcher.stop()
        self.assertTrue(finished, client.summary())
        checker.drain()
        self.assertEqual(watcher.look(), (0, 0))
        found = checker.problems({d.key for d in client.sent}, client.acked)
        self.assertEqual(found + client.odd + watcher.wrong, [], f"seed {seed}\n{cluster.tail()}")
        self.check_no_rejections(client, seed)
        self.assertEqual(
            cluster.postgres.psql(
                "select event_id, attempts, claims, error_message from webhook_events"
                " where state <> 'dead' and (attempts > 0 or claims > 0)"
            ),
            "",
            f"seed {seed}",
        )
        print(
            f"measured: scaling: {client.summary()}, 0 lost, 0 doubled, {len(watcher.samples)} looks at the queue, "
            f"at most {max(watcher.samples)} waiting",
            file=sys.stderr,
        )

    def wait_responses(self, client):
        """Waits for half a second's worth of responses."""
        so_far = client.answers[200]
        wait_for(lambda: client.answers[200] >= so_far + RATE // 2, "more answers")

    def scale_up(self, cluster, client):
        for n in (1, 2, 3):
            cluster.start(f"worker {n}")
            self.wait_responses(client)

    def scale_down(self, cluster, client):
        for n in (1, 2, 3):
            self.assertEqual(cluster.terminate(f"worker {n}"), 0, cluster.tail())
            del cluster.programs[f"worker {n}"]
            self.wait_responses(client)

    def restart_the_last_one(self, cluster, client, watcher):
        """Without a worker the reported count must not be too low."""
        self.assertEqual(cluster.terminate("worker 0"), 0, cluster.tail())
        self.wait_responses(client)
        looks = [watcher.look() for _ in range(3)]
        self.assertGreater(min(lower for lower, _ in looks), RATE // 4 if SOAK else 0, looks)
        cluster.start("worker 0")

    def restart_in_turn(self, cluster, client):
        for part in (*cluster.workers(), "gateway", "gateway"):
            self.assertEqual(cluster.terminate(part), 0, cluster.tail())
            cluster.start(part)
            self.wait_responses(client)

    def check_no_rejections(self, client, seed):
        """Every response is 200. Kept connections that a gateway closed between two requests, as HTTP permits, are the
        exception: the client sends those deliveries again."""
        others = {what: n for what, n in client.answers.items() if what != 200}
        ended = sum(
            n for what, n in others.items() if what in ("ConnectionError", "ConnectionResetError", "BrokenPipeError")
        )
        self.assertEqual(sum(others.values()), ended, f"seed {seed}: {others}")
        self.assertLessEqual(ended, 2 * SENDERS, f"seed {seed}: {others}")  # one per sender and restart
        self.assertEqual(client.failed_fresh, {}, f"seed {seed}: new connections that got no answer")


class Comparison(unittest.TestCase):
    """The comparison finds values that are wrong by one."""

    WHILE = (Counted(100, 10, 4, 92, 3, 99, 0), Counted(103, 12, 5, 93, 4, 102, 1))

    def found(self, ready, pending, dead=3, retrying=0, moments=WHILE):
        said = {"ready": ready, "pending": pending, "dead": dead, "retrying": retrying}
        return len(differences({state: {"count": n} for state, n in said.items()}, *moments))

    def test_correct_counts_are_accepted(self):
        self.assertEqual(bounds(*self.WHILE), (9, 13))
        for ready, pending in ((5, 4), (9, 4), (0, 9)):
            self.assertEqual(self.found(ready, pending), 0)
        self.assertEqual(self.found(7, 5, 4, moments=(self.WHILE[1],) * 2), 0)

    def test_wrong_counts_are_found(self):
        for wrong in ((4, 4), (10, 4), (0, 0), (5, 4, 2), (5, 4, 5), (5, 4, 3, 1)):
            self.assertEqual(self.found(*wrong), 1, wrong)
        self.assertEqual(self.found(6, 6, 4, moments=(self.WHILE[1],) * 2), 1)
