# SPDX-License-Identifier: Apache-2.0
"""One bad event: whatever it does, the other events of its batch are applied in time and it reaches its state."""
import os
import subprocess
import sys
import threading
import time

from supervised import MARKER, Supervised
from worker_harness import BIN, STREAM, WorkerTest, message, wait_for

PLACES = {"first": [0], "middle": [100], "last": [199], "several": [0, 3, 99, 100, 199]}


def measured(name, value):
    print(f"measured: {name}: {value}", file=sys.stderr)


class BadEvent(WorkerTest):
    def setUp(self):
        super().setUp()
        self.keeper = None

    def tearDown(self):
        if self.keeper:
            self.keeper.close()
        super().tearDown()

    def break_on(self, text, how):
        """From now on the database rejects an activity with that text, in that way."""
        self.sql(
            f"""create or replace function bad() returns trigger language plpgsql security definer as $$ begin
            if new.body = '{text}' then {how}; end if; return new; end $$;
            create or replace trigger bad before insert or update on activities for each row execute function bad()"""
        )
        self.addCleanup(self.sql, "drop trigger if exists bad on activities")

    def add_batch(self, bad, text="bad", count=200):
        for n in range(count):
            self.add(message(n, text if n in bad else "hello"), f"D{n}")

    def look_at_the_others(self, way, how):
        for place, bad in PLACES.items():
            with self.subTest(way=way, place=place):
                WorkerTest.setUp(self)
                self.break_on("bad", how)
                self.add_batch(bad)
                began = time.monotonic()
                worker = self.worker(threads=1, batch=200, retry_base="1h", retry_cap="1h")
                self.wait_states(processed=200 - len(bad), retrying=len(bad), deadline=120)
                self.wait_drained()
                took = time.monotonic() - began
                self.assertEqual(
                    self.sql("select distinct attempts, claims from webhook_events where state = " "'retrying'"), "1|0"
                )
                self.assertEqual(
                    self.sql(
                        "select array_agg(delivery_id order by entry_id) from webhook_events "
                        "where state = 'retrying'"
                    ),
                    "{%s}" % ",".join(f"D{n}" for n in bad),
                )
                self.assertEqual(self.count("activities"), 200 - len(bad))
                self.assertEqual(self.sql("select sum(attempts) from webhook_events where state = 'processed'"), "0")
                measured(f"200 events, bad by {way}, {place}: outcomes of all", f"{took:.2f} s")
                worker.close()

    def test_other_events_of_the_batch_are_in_time(self):
        self.look_at_the_others("a constraint", "raise 'refused' using errcode = '23514'")

    def test_other_events_are_in_time_when_one_ends_its_session(self):
        self.look_at_the_others("an end of its session", "perform pg_terminate_backend(pg_backend_pid())")

    def test_a_row_locked_by_another_session_delays_only_its_event(self):
        worker = self.worker(threads=1, batch=200)
        self.add_messages([100])
        self.wait_states(processed=1)
        unlock = self.session("begin; update activities set erased = erased;")
        began = time.monotonic()
        for n in range(200):
            self.add(message(n, "newer", createdAt="2026-03-02T10:00:00.000Z"), f"D{n}")
        self.wait_states(processed=200, deadline=60)
        measured("199 events beside a locked row, lock-timeout 300 ms", f"{time.monotonic() - began:.2f} s")
        # It is read again meanwhile, and that delays new events without further effect.
        self.add_messages(range(200, 250))
        self.wait_states(processed=250, deadline=60)
        self.assertEqual(self.redis.command("XLEN", STREAM), 1)
        unlock()
        self.wait_states(processed=251)
        self.wait_drained()
        self.assertEqual(self.sql("select sum(attempts), sum(claims) from webhook_events"), "0|0")
        self.assertEqual(self.sql("select count(*) from activities where body = 'newer'"), "200")
        self.assertEqual(worker.terminate(), 0)

    # The event aborts any worker that applies it.

    def supervise(self, count=2, **options):
        self.keeper = Supervised(self.redis, self.postgres, count, **{"claim_after": "500ms", "lease": "1s", **options})

    def replay(self, *which):
        done = subprocess.run(
            [
                os.path.join(BIN, "trunkline"),
                "dead",
                "replay",
                *which,
                "--yes",
                "--postgres",
                self.postgres.url_of("worker"),
            ],
            capture_output=True,
            text=True,
        )
        self.assertEqual(done.returncode, 0, done.stderr)

    def feed(self):
        """Adds 50 events per second until the returned function is called; it returns their number."""
        sent, enough = [0], threading.Event()

        def run():
            while not enough.wait(0.02):
                self.add(message(10_000 + sent[0]))
                sent[0] += 1

        thread = threading.Thread(target=run)
        thread.start()

        def end():
            enough.set()
            thread.join(10)
            return sent[0]

        self.addCleanup(end)
        return end

    def make_dead_letters(self, count, poison=None):
        self.sql(
            "create function no() returns trigger language plpgsql as $$ begin raise 'no' using errcode = '23514'; "
            "end $$; create trigger no before insert on activities for each row execute function no()"
        )
        worker = self.worker(max_attempts=1, threads=1)
        for n in range(count):
            self.poison(n) if n == poison else self.add(message(n), f"D{n}")
        self.wait_states(dead=count)
        worker.close()
        self.sql("drop trigger no on activities; drop function no")

    def poison(self, number):
        return self.add(message(number, MARKER), "POISON")

    def test_199_events_are_processed_and_the_crashing_one_is_dead(self):
        for n in range(200):
            self.poison(n) if n == 77 else self.add(message(n), f"D{n}")
        began = time.monotonic()
        self.supervise()
        end = self.feed()
        wait_for(lambda: self.count("webhook_events where state = 'dead'") == 1, "the poison event to be dead")
        took, sent, done = time.monotonic() - began, end(), self.count("webhook_events where delivery_id = '01TEST'")
        self.assertEqual(
            self.sql("select delivery_id, attempts, error_message from webhook_events where state = 'dead'"),
            "POISON|0|delivered 5 times without an outcome: it crashes the worker or cannot be recorded",
        )
        self.assertGreaterEqual(done, 0.8 * sent - 25)
        self.wait_states(processed=199 + sent, dead=1)
        self.wait_drained()
        self.assertLessEqual(self.keeper.crashes, 5)
        self.assertGreaterEqual(self.keeper.crashes, 3)
        self.assertEqual(self.keeper.other_ends, [])
        self.assertEqual(self.sql("select sum(attempts) from webhook_events"), "0")
        measured(
            "an event that aborts the worker: crashes until dead",
            f"{self.keeper.crashes}, in {took:.1f} s, " f"{done} of {sent} others processed meanwhile",
        )

    def test_a_replayed_event_is_dead_again_and_the_others_are_processed(self):
        # Twenty dead letters whose cause is fixed, and among them one that crashes.
        self.make_dead_letters(21, poison=7)
        self.replay("--all")
        self.supervise()
        end = self.feed()
        wait_for(
            lambda: self.count("webhook_events where delivery_id like 'D%' and state = 'processed'") == 20,
            "the companions",
        )
        wait_for(lambda: self.count("webhook_events where state = 'dead'") == 1, "the poison event to be dead again")
        sent = end()
        done = self.count("webhook_events where delivery_id = '01TEST'")
        self.assertGreaterEqual(done, 0.8 * sent - 25)
        self.assertEqual(
            self.sql("select delivery_id, error_message, claims from webhook_events where state = 'dead'"),
            "POISON|crashed the worker|5",
        )
        self.assertEqual(self.keeper.crashes, 5)
        # One of five claims was together with others.
        self.assertEqual(self.sql("select max(claims) <= 2 from webhook_events where delivery_id like 'D%'"), "t")
        self.wait_states(processed=20 + sent, dead=1)
        self.assertEqual(self.keeper.other_ends, [])
        measured(
            "a replayed event that aborts the worker: crashes until dead",
            f"{self.keeper.crashes}, {done} of " f"{sent} others processed meanwhile",
        )

    def test_workers_killed_from_outside_dead_letter_nothing(self):
        # Repeatedly, while sixty leased retries wait for a lock.
        self.make_dead_letters(60)
        self.replay("--all")
        for _ in range(5):
            unlock = self.lock_table("activities")
            if not self.keeper:
                self.supervise(count=1, postgres_lock_timeout="4s", postgres_statement_timeout="9s")
            waiting = "pg_stat_activity where application_name like 'trunkline-worker%' and wait_event_type = 'Lock'"
            wait_for(lambda: self.count(waiting) > 0, "work in hand")
            self.keeper.kill_all()
            self.sql(
                "select pg_terminate_backend(pid) from pg_stat_activity where application_name like 'trunkline-worker%'"
            )
            unlock()
        self.wait_states(processed=60)
        self.assertEqual(self.keeper.crashes, 0)
