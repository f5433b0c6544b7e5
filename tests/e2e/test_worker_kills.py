# SPDX-License-Identifier: Apache-2.0
"""A worker is killed at each step between its read and its settlement, recognised in the traffic; another one
finishes.

Then each event has one row and its effects once, whatever the first worker left behind.
"""

from proxied_worker import ENTRY, WireTrigger, ProxiedWorkerTest
from worker_harness import STREAM, wait_for

EVENTS = 20
XDEL = b"\r\nXDEL\r\n"
IN_BATCH = ("up", b"insert_events")
MANY, IN_LARGE_BATCH = 60, ("up", b"PGCOPY")  # enough for COPY


class Kills(ProxiedWorkerTest):
    def kill_at(self, wire, direction, needle, since=None, before=None, rows=0, pending=EVENTS, events=EVENTS):
        """Kills the worker when these bytes pass; they are not sent on. It leaves this number of rows, and at least
        this number of pending entries."""
        with self.subTest(needle=needle, since=since):
            self.start_over()
            victim = self.proxied_worker()
            victim.wait_ready()

            def kill(link, data):
                if before:
                    before(link, data)
                victim.kill()
                return b""

            moment = WireTrigger(wire, direction, needle, kill, since, lambda: self.pending() > 0)
            self.add_at_once(range(events))
            self.assertTrue(moment.happened.wait(20), "the bytes did not pass")
            wait_for(lambda: victim.process.poll() is not None, "the worker to be dead")
            self.wait_no_sessions()
            self.assertEqual(self.count(), rows)
            self.assertGreaterEqual(self.pending(), pending)
            other = self.worker(claim_after="300ms")
            self.check(events)
            # Events that the dead worker committed are distinguished from copies of a sender.
            wait_for(
                lambda: int(self.process_info(other).get("redelivered", -1))
                == (rows if pending or self.orphaned else 0),
                "the other worker to have counted",
            )
            self.assertEqual(self.process_info(other)["duplicates"], "0")

    orphaned = 0

    def test_before_commit(self):
        self.kill_at(self.to_redis, "down", ENTRY, pending=1)  # read by Redis, never received
        self.kill_at(self.to_postgres, "up", b"BEGIN", pending=1)  # received, no transaction
        self.kill_at(self.to_postgres, "up", b"insert_events", pending=1)  # in the transaction
        self.kill_at(self.to_postgres, "up", b"COMMIT", since=IN_BATCH, pending=1)

    def test_after_commit(self):
        self.kill_at(self.to_postgres, "down", b"COMMIT", since=IN_BATCH, rows=EVENTS)
        self.kill_at(self.to_redis, "up", b"XACK", rows=EVENTS)

    def test_large_batch(self):
        for needle, since in (
            (b"known_events", None),
            (b"copy webhook_events", None),
            (b"PGCOPY", None),
            (b"COMMIT", IN_LARGE_BATCH),
        ):
            self.kill_at(self.to_postgres, "up", needle, since, pending=1, events=MANY)
        self.kill_at(self.to_postgres, "down", b"COMMIT", IN_LARGE_BATCH, rows=MANY, pending=MANY, events=MANY)

    def test_between_ack_and_delete(self):
        def acknowledge_only(link, data):
            link.ends["up"][1].sendall(data[: data.index(XDEL) - len(b"*22\r\n$4")])
            wait_for(lambda: self.pending() == 0, "the acknowledgement")

        self.orphaned = EVENTS
        self.kill_at(self.to_redis, "up", XDEL, before=acknowledge_only, rows=EVENTS, pending=0)

    def test_after_settling(self):
        def settle(link, data):
            link.ends["up"][1].sendall(data)
            wait_for(lambda: self.redis.command("XLEN", STREAM) == 0, "the entries to go")

        self.kill_at(self.to_redis, "up", XDEL, before=settle, rows=EVENTS, pending=0)


class LostResponses(ProxiedWorkerTest):
    """The worker continues; its reply was lost."""

    def lose(self, wire, direction, needle, since=None, copies=0):
        self.start_over()
        worker = self.proxied_worker()
        worker.wait_ready()

        def cut(link, _data):
            link.reset()
            return b""

        moment = WireTrigger(wire, direction, needle, cut, since)
        self.add_at_once([*range(EVENTS), *range(copies)])
        self.assertTrue(moment.happened.wait(20), "the bytes did not pass")
        self.check(EVENTS, copies)
        return worker

    def test_reply_of_a_read(self):
        self.lose(self.to_redis, "down", ENTRY)

    def test_acknowledgement_after_commit(self):
        for direction, needle, since in (("up", b"XACK", None), ("down", b":", ("up", b"XACK"))):
            with self.subTest(direction=direction):
                worker = self.lose(self.to_redis, direction, needle, since)
                wait_for(lambda: self.process_info(worker).get("processed") == str(EVENTS), "the card to count them")
                self.assertEqual(
                    (self.process_info(worker)["duplicates"], self.process_info(worker)["redelivered"]), ("0", "0")
                )

    def test_commit_in_doubt(self):
        for name, direction in (("it was not done", "up"), ("it was done", "down")):
            with self.subTest(name):
                worker = self.lose(self.to_postgres, direction, b"COMMIT", IN_BATCH, copies=3)
                # Counted once, with their outcome, though the second attempt finds the rows of the first.
                counted = [str(EVENTS), "3", "0"]
                wait_for(
                    lambda: [self.process_info(worker).get(k) for k in ("processed", "duplicates", "redelivered")]
                    == counted,
                    f"the card to count {counted}",
                )
