# SPDX-License-Identifier: Apache-2.0
"""The cause of a failure decides: poison events are isolated and counted; when a server is unavailable the worker is
blocked."""
import os
import signal

from worker_harness import WorkerTest, message, wait_for


class Failures(WorkerTest):
    def refuse(self, number, sqlstate):
        """From now on PostgreSQL rejects this message; returns the function that ends that."""
        self.sql(
            f"""create or replace function refuse() returns trigger language plpgsql as $$ begin
            if new.openphone_id = 'TRUNKLINE-TEST-{number}' then raise 'refused' using errcode = '{sqlstate}'; end if;
            return new; end $$;
            create or replace trigger refuse before insert or update on activities for each row execute function refuse()"""
        )
        self.addCleanup(self.accept)

    def accept(self):
        self.sql("drop trigger if exists refuse on activities")

    def test_one_poison_row_of_a_batch_is_counted_and_the_others_commit(self):
        for sqlstate in ("23514", "22P02", "XX000", "P0001"):
            with self.subTest(sqlstate=sqlstate):
                self.setUp()
                self.refuse(77, sqlstate)
                self.add_messages(range(200))
                worker = self.worker(retry_base="1h", retry_cap="1h")
                self.wait_states(processed=199, retrying=1)
                self.wait_drained()
                self.assertEqual(
                    self.sql(
                        "select event_id, attempts, claims, sqlstate, error_message like 'raised by PL/pgSQL function refuse()%', "
                        "next_attempt_at - now() between '29 min' and '60 min' from webhook_events "
                        "where state = 'retrying'"
                    ),
                    f"EV77|1|0|{sqlstate}|t|t",
                )
                self.assertEqual(self.count("activities"), 199)
                self.assertEqual(worker.terminate(), 0)

    def test_retries_end_in_a_dead_letter_after_max_attempts(self):
        self.refuse(3, "23514")
        self.sql("create table seen (at timestamptz default clock_timestamp(), attempts int)")
        self.addCleanup(self.sql, "drop table seen; drop function note cascade")
        self.sql(
            """create function note() returns trigger language plpgsql security definer as $$ begin
            insert into seen (attempts) values (new.attempts); return new; end $$;
            create trigger note before insert or update of attempts on webhook_events for each row
            when (new.attempts > 0) execute function note()"""
        )
        worker = self.worker(retry_base="200ms", max_attempts="4")
        self.add_messages(range(10))
        self.wait_states(processed=9, dead=1)
        self.assertEqual(
            self.sql(
                "select attempts, sqlstate, error_message, next_attempt_at from webhook_events " "where state = 'dead'"
            ),
            "4|23514|raised by PL/pgSQL function refuse() line 2|∅",
        )
        self.assertEqual(self.sql("select attempts from seen order by at"), "1\n2\n3\n4")
        gaps = self.sql(
            "select extract(epoch from at - lag(at) over (order by at)) * 1000 from seen order by at offset 1"
        )
        for n, gap in enumerate(map(float, gaps.split("\n"))):
            self.assertGreaterEqual(gap, 200 * 2**n / 2, gaps)
        self.assertEqual(worker.log().count("dead letter"), 1)

    def test_a_retry_goes_through_when_the_cause_is_gone(self):
        self.refuse(3, "23514")
        self.worker(retry_base="200ms")
        self.add_messages(range(10))
        self.wait_states(processed=9, retrying=1)
        self.accept()
        self.wait_states(processed=10)
        self.assertEqual(
            self.sql(
                "select next_attempt_at, leased_until, attempts > 0 from webhook_events " "where event_id = 'EV3'"
            ),
            "∅|∅|t",
        )
        self.assertEqual(self.count("activities"), 10)

    def test_a_copy_of_a_retrying_event_is_a_duplicate(self):
        self.refuse(3, "23514")
        worker = self.worker(retry_base="1h", retry_cap="1h")
        self.add_messages([3])
        self.wait_states(retrying=1)
        self.add_messages([3, 3])
        wait_for(lambda: self.process_info(worker).get("duplicates") == "2", "two duplicates")
        self.assertEqual(self.sql("select state, attempts from webhook_events"), "retrying|1")

    def test_unreachable_postgres_blocks_and_costs_no_attempt(self):
        for how in (signal.SIGQUIT, signal.SIGINT):
            with self.subTest(how=how):
                self.setUp()
                worker = self.worker(batch=50)
                worker.wait_ready()
                self.postgres.stop(how)
                try:
                    self.add_messages(range(300))
                    worker.wait_blocked("postgres")
                finally:
                    self.postgres.start()
                self.wait_states(processed=300)
                self.wait_drained()
                self.assertEqual(self.sql("select count(*) from webhook_events where attempts > 0"), "0")
                worker.wait_ready()
                worker.close()

    def test_a_worker_starts_without_servers_and_is_blocked(self):
        self.postgres.stop()
        try:
            worker = self.worker()
            worker.wait_blocked("postgres")
        finally:
            self.postgres.start()
        worker.wait_ready()
        self.add_messages(range(5))
        self.wait_states(processed=5)

    def test_read_only_postgres_blocks(self):
        worker = self.worker()
        worker.wait_ready()
        self.set_read_only("on")
        try:
            self.add_messages(range(50))
            worker.wait_blocked("25006")
            self.assertEqual(self.count(), 0)
        finally:
            self.set_read_only("off")
        self.wait_states(processed=50)
        self.assertEqual(self.sql("select count(*) from webhook_events where attempts > 0"), "0")

    def set_read_only(self, value):
        self.sql(f"begin read write; alter database trunkline set default_transaction_read_only = {value}; commit;")
        if value == "on":  # sessions keep the settings of their start; ours must detect the end of the outage
            self.sql(
                "begin read write; select pg_terminate_backend(pid) from pg_stat_activity where "
                "application_name like 'trunkline-worker%'; commit;"
            )

    def test_a_missing_privilege_blocks_until_it_is_granted(self):
        self.sql("revoke update on activities from trunkline_worker")
        self.addCleanup(self.postgres.grant_roles)
        worker = self.worker()
        self.add_messages(range(50))
        worker.wait_blocked("42501")
        self.assertEqual(self.count(), 0)
        self.sql("grant update on activities to trunkline_worker")
        self.wait_states(processed=50)
        self.assertEqual(self.sql("select count(*) from webhook_events where attempts > 0"), "0")
        worker.close()

    def test_a_missing_schema_blocks(self):
        worker = self.worker(database=self.postgres.new_database("empty"))
        worker.wait_blocked("postgres")
        self.assertIsNone(worker.process.poll())
        worker.close()

    def test_a_locked_row_delays_only_its_own_event(self):
        self.worker(batch=50, postgres_lock_timeout="100ms").wait_ready()
        self.add_messages([7])
        self.wait_states(processed=1)
        unlock = self.session("begin; update activities set erased = erased where openphone_id = 'TRUNKLINE-TEST-7';")
        for n in range(20):
            self.add(message(n, "new text", updatedAt="2026-03-01T11:00:00.000Z"))
        wait_for(lambda: self.count("activities where body = 'new text'") == 19, "19 of 20")
        self.assertEqual(self.states(), {"processed": 20})
        unlock()
        wait_for(lambda: self.count("activities where body = 'new text'") == 20, "the last one")
        self.wait_states(processed=21)
        self.assertEqual(self.sql("select count(*) from webhook_events where attempts > 0"), "0")

    def test_terminated_backends_cost_nothing(self):
        self.worker(batch=20)
        self.add_messages(range(1000))

        def killed_and_done():
            self.sql(
                "select pg_terminate_backend(pid) from pg_stat_activity where application_name like 'trunkline-worker%'"
            )
            return self.count() > 600

        wait_for(killed_and_done, "600 rows in spite of it all", every=0.2)
        self.wait_drained()
        self.assertEqual(self.states(), {"processed": 1000})

    def test_an_event_that_ends_its_session_is_found(self):
        self.sql(
            """create or replace function refuse() returns trigger language plpgsql as $$ begin
            if new.openphone_id = 'TRUNKLINE-TEST-5' then perform pg_terminate_backend(pg_backend_pid()); end if;
            return new; end $$;
            create or replace trigger refuse before insert on activities for each row execute function refuse()"""
        )
        self.addCleanup(self.accept)
        self.worker(retry_base="1h", retry_cap="1h")
        self.add_messages(range(20))
        self.wait_states(processed=19, retrying=1)
        self.assertEqual(self.sql("select event_id, attempts from webhook_events where state = 'retrying'"), "EV5|1")

    def test_frozen_postgres_is_disconnected_and_blocks(self):
        worker = self.worker(postgres_statement_timeout="500ms", watchdog_grace="200ms", postgres_lock_timeout="200ms")
        worker.wait_ready()
        backends = self.sql("select pid from pg_stat_activity where application_name like 'trunkline-worker%'").split()
        self.postgres.process.send_signal(signal.SIGSTOP)  # new connections are accepted and never answered
        for pid in backends:
            os.kill(int(pid), signal.SIGSTOP)
        try:
            self.add_messages(range(10))
            worker.wait_blocked("postgres")
        finally:
            for pid in backends:
                os.kill(int(pid), signal.SIGCONT)
            self.postgres.process.send_signal(signal.SIGCONT)
        self.wait_states(processed=10)
        worker.wait_logged("PostgreSQL call timed out")
