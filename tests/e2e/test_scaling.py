# SPDX-License-Identifier: Apache-2.0
"""Ops at noon, under a steady load: workers come and go, everything is restarted in turn, the gateway behind its socket.
Nobody is refused, nothing is lost, doubled or counted as an attempt, and `trunkline queue` tells the truth meanwhile."""
import json
import os
import signal
import socket
import subprocess
import sys
import threading
import unittest

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support"))
from checker import Checker  # noqa: E402
from house import House  # noqa: E402
from ledger import Ledger  # noqa: E402
from seeds import seeds  # noqa: E402
from servers import clean_environment, wait_for  # noqa: E402
from traffic import KEYS  # noqa: E402

RATE = 200
SENDERS = 6
# What is committed and not yet taken off the stream, when a look falls in between: a batch of each thread.
IN_BETWEEN = 100


class SocketHouse(House):
    """The gateway's socket is held here, as systemd would, and passed to each gateway process."""

    def __init__(self, **how):
        self.listening = socket.create_server(("127.0.0.1", 0), backlog=1024)
        super().__init__(proxied=False, **how)
        self.gateway_ports["gateway"] = self.listening.getsockname()[1]

    def _start_program(self, part, role):
        if role != "gateway":
            return super()._start_program(part, role)
        self.gateway_ports["gateway"] = self.listening.getsockname()[1]
        return subprocess.Popen(
            ["/bin/bash", "-c", f'export LISTEN_PID=$$ LISTEN_FDS=1; exec "$@" 3<&{self.listening.fileno()}', "bash",
             os.path.join(self.bin, "trunkline-gateway"), "--redis", self.redis.url_of("gateway"),
             "--listen", "systemd", "--ops-listen", "127.0.0.1:0", "--drain-delay", "0ms"],
            env=clean_environment(TRUNKLINE_SIGNING_KEYS="\n".join(KEYS)), stdin=subprocess.DEVNULL, stdout=self.log,
            stderr=self.log, pass_fds=[self.listening.fileno()])

    def terminate(self, part):
        """As an operator does; the exit code."""
        self.programs[part].send_signal(signal.SIGTERM)
        return self.programs[part].wait(30)

    def close(self):
        super().close()
        self.listening.close()


class Watcher:
    """Looks at `trunkline queue --json` all the time and compares with what was counted before and after."""

    def __init__(self, house, ledger, checker):
        self.house, self.ledger, self.checker = house, ledger, checker
        self.samples, self.wrong, self.stopping = [], [], threading.Event()
        self.thread = threading.Thread(target=self.watch, daemon=True)
        self.thread.start()

    def rows(self):
        return int(self.house.postgres.psql(
            "select (select count(*) from webhook_events) + (select count(*) from event_copies)"))

    def look(self):
        rows_before, acked_before = self.rows(), self.ledger.answers[200]
        said = subprocess.run(
            [os.path.join(self.house.bin, "trunkline"), "queue", "--json"], capture_output=True, text=True, timeout=20,
            env=clean_environment(REDIS_URL=self.house.redis.url_of("operator"),
                                  DATABASE_URL=self.house.postgres.url_of("readonly")))
        acked_after, rows_after = self.ledger.answers[200], self.rows()
        queue = json.loads(said.stdout)
        waiting = queue["ready"]["count"] + queue["pending"]["count"]
        least = max(0, acked_before - rows_after)
        most = acked_after + SENDERS - rows_before + IN_BETWEEN
        self.samples.append(waiting)
        if not least <= waiting <= most or queue["retrying"]["count"]:
            self.wrong.append(f"{waiting} waiting, {queue['retrying']['count']} retrying; counted {least} to {most}")

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
        house = SocketHouse(workers=1)
        self.addCleanup(house.close)
        checker = Checker(house)
        checker.begin()
        ledger = Ledger(lambda: house.gateway_ports["gateway"], seed, RATE, threads=SENDERS, give_up=0)
        watcher = Watcher(house, ledger, checker)
        try:
            self.goes_on(ledger)
            self.scale_up(house, ledger)
            self.restart_in_turn(house, ledger)
            self.scale_down(house, ledger)
            self.goes_on(ledger)
        finally:
            finished = ledger.finish(60)
            watcher.stop()
        self.assertTrue(finished, ledger.summary())
        checker.drain(60)
        found = checker.problems({d.key for d in ledger.sent}, ledger.acked)
        self.assertEqual(found + ledger.odd + watcher.wrong, [], f"seed {seed}\n{house.tail()}")
        self.nobody_was_refused(ledger, seed)
        self.assertEqual(house.postgres.psql(
            "select event_id, attempts, claims, error_message from webhook_events"
            " where state <> 'dead' and (attempts > 0 or claims > 0)"), "", f"seed {seed}")
        print(f"measured: scaling: {ledger.summary()}, 0 lost, 0 doubled, {len(watcher.samples)} looks at the queue, "
              f"at most {max(watcher.samples)} waiting", file=sys.stderr)

    def goes_on(self, ledger):
        """Half a second's worth of answers."""
        so_far = ledger.answers[200]
        wait_for(lambda: ledger.answers[200] >= so_far + RATE // 2, "more answers")

    def scale_up(self, house, ledger):
        for n in (1, 2, 3):
            house.start(f"worker {n}")
            self.goes_on(ledger)

    def scale_down(self, house, ledger):
        for n in (1, 2, 3):
            self.assertEqual(house.terminate(f"worker {n}"), 0, house.tail())
            del house.programs[f"worker {n}"]
            self.goes_on(ledger)

    def restart_in_turn(self, house, ledger):
        for part in (*house.workers(), "gateway", "gateway"):
            self.assertEqual(house.terminate(part), 0, house.tail())
            house.start(part)
            self.goes_on(ledger)

    def nobody_was_refused(self, ledger, seed):
        """All 200, but for kept connections that a gateway ended between two requests, as HTTP lets it: those are sent
        again by whoever meets that."""
        others = {what: n for what, n in ledger.answers.items() if what != 200}
        ended = sum(n for what, n in others.items() if what in ("ConnectionError", "ConnectionResetError", "BrokenPipeError"))
        self.assertEqual(sum(others.values()), ended, f"seed {seed}: {others}")
        self.assertLessEqual(ended, 2 * SENDERS, f"seed {seed}: {others}")  # one a sender and restart


if __name__ == "__main__":
    unittest.main()
