# SPDX-License-Identifier: Apache-2.0
"""Entries left by other consumers are reclaimed; the delivery counter counts crashes; nothing is lost silently."""
import signal
import time

from worker_harness import STREAM, WorkerTest, wait_for


class Reclaim(WorkerTest):
    def read_as(self, consumer, count=100):
        """Reads like a worker that dies at once."""
        return self.redis.command("XREADGROUP", "GROUP", "workers", consumer, "COUNT", count, "STREAMS", STREAM, ">")

    def make_group(self):
        self.redis.command("XGROUP", "CREATE", STREAM, "workers", "0", "MKSTREAM")

    def test_the_batch_of_a_killed_worker_is_reclaimed(self):
        self.add_messages(range(400))
        first = self.worker(batch=200)
        first.wait_ready()
        unlock = self.lock_table("activities")
        self.add_messages(range(400, 800))
        wait_for(lambda: self.pending() >= 200 or self.count() == 0, "a batch in flight")
        wait_for(lambda: self.pending() > 0, "a batch in flight")
        first.kill()
        unlock()
        self.worker(batch=200)
        self.wait_drained()
        self.assertEqual(self.states(), {"processed": 800})
        self.assertEqual(self.count("activities"), 800)

    def test_a_stopped_worker_that_continues_late_does_no_harm(self):
        first = self.worker(postgres_idle_timeout="1s")  # the locks of its open transaction are released then
        first.wait_ready()
        unlock = self.lock_table("activities")
        self.add_messages(range(100))
        wait_for(lambda: self.pending() > 0, "a batch in flight")
        first.process.send_signal(signal.SIGSTOP)
        unlock()
        self.worker()
        self.wait_states(processed=100)
        self.wait_drained()
        first.process.send_signal(signal.SIGCONT)
        self.add_messages(range(100, 200))
        self.wait_states(processed=200)
        self.wait_drained()
        self.assertEqual(self.sql("select count(*) from webhook_events where attempts > 0"), "0")
        self.assertEqual(first.terminate(), 0)

    def test_a_slow_worker_keeps_its_entries(self):
        first = self.worker(postgres_lock_timeout="5s", postgres_statement_timeout="9s", claim_after="3s")
        first.wait_ready()
        unlock = self.lock_table("activities")
        self.add_messages(range(10))
        wait_for(
            lambda: len({row[1] for row in self.redis.command("XPENDING", STREAM, "workers", "-", "+", 100)}) == 2,
            "entries in the hands of each thread",
        )
        held = {(row[0], row[1], 1) for row in self.redis.command("XPENDING", STREAM, "workers", "-", "+", 100)}
        second = self.worker(claim_after="3s")
        second.wait_ready()
        worst, began = [], time.monotonic()

        def past_claim_after():
            rows = self.redis.command("XPENDING", STREAM, "workers", "-", "+", 100)
            worst.append(max(row[2] for row in rows if row[0] in {entry for entry, _, _ in held}))
            self.assertLessEqual(held, {(row[0], row[1], row[3]) for row in rows})
            return time.monotonic() > began + 4

        wait_for(past_claim_after, "claim-after to pass")
        self.assertLess(max(worst), 3000)
        unlock()
        self.wait_states(processed=10)

    def test_an_entry_delivered_five_times_is_a_dead_letter(self):
        self.make_group()
        poison, good = self.add_messages([1])[0], self.add_messages([2])[0]
        self.read_as("crashed")
        self.redis.command("XCLAIM", STREAM, "workers", "crashed", 0, poison, "IDLE", 5000, "RETRYCOUNT", 5, "JUSTID")
        self.redis.command("XCLAIM", STREAM, "workers", "crashed", 0, good, "IDLE", 5000, "RETRYCOUNT", 4, "JUSTID")
        self.worker()
        self.wait_states(processed=1, dead=1)
        self.wait_drained()
        self.assertEqual(
            self.sql(
                "select entry_id, error_message, convert_from(raw, 'UTF8') like '%TRUNKLINE-TEST-1%' "
                "from webhook_events where state = 'dead'"
            ),
            f"{poison}|delivered 5 times without an outcome: it crashes the worker or cannot be recorded|t",
        )

    def test_five_crashes_with_one_pending_entry_dead_letter_only_it(self):
        # A crash while it is pending: the worker is killed each time while it waits for the lock.
        self.make_group()
        poison = self.add_messages([1])[0]
        self.read_as("first")
        self.sql(
            "create or replace function slow() returns trigger language plpgsql as $$ begin "
            "if new.openphone_id = 'TRUNKLINE-TEST-1' then perform pg_sleep(20); end if; return new; end $$;"
            "create trigger slow before insert on activities for each row execute function slow()"
        )
        self.addCleanup(self.sql, "drop trigger slow on activities")
        for delivered in range(2, 6):
            worker = self.worker(claim_after="300ms", postgres_lock_timeout="5s", postgres_statement_timeout="30s")
            wait_for(lambda: self.deliveries(poison) == delivered, f"delivery {delivered}")
            worker.kill()
            self.sql(
                "select pg_terminate_backend(pid) from pg_stat_activity where application_name like 'trunkline-worker%'"
            )
        self.add_messages([2])
        self.worker(claim_after="300ms")
        self.wait_states(processed=1, dead=1)
        self.assertEqual(self.sql("select entry_id from webhook_events where state = 'dead'"), poison)

    def deliveries(self, entry):
        rows = self.redis.command("XPENDING", STREAM, "workers", entry, entry, 1)
        return rows[0][3] if rows else 0

    def test_foreign_entries_are_dead_letters_and_reclaiming_continues(self):
        self.make_group()
        self.redis.command("XADD", STREAM, "*", "hello", "world")
        self.redis.command("XADD", STREAM, "*", "hello", "world")
        self.add_messages([1])
        self.read_as("crashed")
        self.redis.command("XADD", STREAM, "*", "b", "")
        self.worker()
        self.wait_states(processed=1, dead=3)
        self.wait_drained()
        self.assertEqual(
            self.sql("select convert_from(raw, 'UTF8') from webhook_events where error_message like 'no body%'"),
            "hello=world\n\nhello=world",
        )

    def test_deleted_pending_entries_are_reported_lost(self):
        self.make_group()
        entries = self.add_messages(range(5))
        self.read_as("crashed")
        self.redis.command("XDEL", STREAM, *entries[:2])
        worker = self.worker()
        self.wait_states(processed=3)
        self.wait_drained()
        wait_for(lambda: self.process_info(worker).get("lost") == "2", "two lost entries in the process information")
        worker.wait_logged("deleted from the stream")

    def test_orphans_are_recovered(self):
        self.make_group()
        entries = self.add_messages(range(5))
        self.read_as("crashed")
        self.redis.command("XACK", STREAM, "workers", *entries)  # half of a settlement
        worker = self.worker()
        self.wait_states(processed=5)
        self.wait_drained()
        wait_for(lambda: self.process_info(worker).get("orphans") == "5", "five orphans on the card")

    def test_empty_consumers_of_dead_workers_are_deleted(self):
        self.make_group()
        self.redis.command("XGROUP", "CREATECONSUMER", STREAM, "workers", "long-gone")
        self.add_messages([1])
        self.read_as("crashed")
        self.worker(consumer_idle="1s", claim_after="2s")
        wait_for(lambda: not {"long-gone", "crashed"} & {c["name"] for c in self.consumers()}, "both to be removed")
        self.assertEqual(self.states(), {"processed": 1})

    def test_settling_works_above_maxmemory(self):
        self.add_messages(range(300))
        self.redis.command("XGROUP", "CREATE", STREAM, "workers", "0")
        self.redis.command("CONFIG", "SET", "maxmemory", "1")
        try:
            self.worker()
            self.wait_states(processed=300)
            self.wait_drained()
        finally:
            self.redis.command("CONFIG", "SET", "maxmemory", "0")

    def test_redis_unreachable_or_frozen_blocks(self):
        worker = self.worker()
        worker.wait_ready()
        self.redis.kill()
        worker.wait_blocked("redis")
        self.restart_redis()
        worker.wait_ready()
        self.add_messages(range(20))
        self.wait_states(processed=20)
        self.redis.process.send_signal(signal.SIGSTOP)
        worker.wait_blocked("redis")
        self.redis.process.send_signal(signal.SIGCONT)
        worker.wait_ready()
        self.add_messages(range(20, 40))
        self.wait_states(processed=40)
        self.wait_drained()

    def restart_redis(self):
        def up():
            try:
                return self.redis.command("PING") == "PONG"
            except (OSError, RuntimeError):  # LOADING
                return False

        try:
            self.redis.start()
        except RuntimeError:
            wait_for(up, "redis to load its data")

    def test_an_event_with_five_expired_leases_is_dead(self):
        self.worker().terminate()
        self.sql(
            """insert into webhook_events (event_key, event_id, event_type, state, claims, attempts, next_attempt_at,
            leased_until, received_at, delivery_id, entry_id, scheme, key_index, parser_version, payload)
            values (sha256('x'), 'x', 'message.received', 'retrying', 5, 1, now() - interval '1 min',
            now() - interval '1 s', now(), '01', '1-0', 'hex', 0, 1, '{}')"""
        )
        worker = self.worker()
        self.wait_states(dead=1)
        self.assertEqual(self.sql("select error_message from webhook_events"), "crashed the worker")
        wait_for(lambda: self.process_info(worker).get("dead") == "1", "the process information to count it")
        worker.wait_logged("crashed the worker")
