# SPDX-License-Identifier: Apache-2.0
"""Conflicts with other sessions: deadlocks, long locks, conflicts, terminated sessions. Only the events concerned
wait."""
import threading
import time

from worker_harness import STREAM, WorkerTest, message, wait_for

LATER = "2026-03-01T11:00:00.000Z"


class Collisions(WorkerTest):
    def check_nothing_counted(self):
        self.assertEqual(self.count("webhook_events where attempts > 0 or claims > 0 or state <> 'processed'"), 0)

    def deadlocks(self):
        return int(self.sql("select deadlocks from pg_stat_database where datname = 'trunkline'"))

    def test_concurrent_updates_of_hot_rows_make_no_deadlock(self):
        before = self.deadlocks()
        # One contact, few conversations, the same activities in a different order in each batch.
        for turn in range(20):
            for n in range(40):
                number = (n * 7 + turn * 11) % 40
                self.add(message(number, f"text {turn}", updatedAt=f"2026-03-01T12:00:{turn:02d}.000Z"))
        for _ in range(2):
            self.worker(threads=4, batch=20)
        self.wait_states(processed=800)
        self.wait_drained()
        self.check_nothing_counted()
        self.assertEqual(self.sql("select distinct body from activities"), "text 19")
        self.assertEqual(self.deadlocks() - before, 0)

    def raising(self, sqlstate, times):
        """The first inserts of message 3 fail with this error; a sequence counts them across rollbacks."""
        self.sql(
            f"""drop sequence if exists tries; create sequence tries;
            create or replace function collide() returns trigger language plpgsql security definer as $$
            begin if new.openphone_id = 'TRUNKLINE-TEST-3' and nextval('tries') <= {times} then
              raise 'collided' using errcode = '{sqlstate}'; end if; return new; end $$;
            create or replace trigger collide before insert on activities for each row execute function collide()"""
        )
        self.addCleanup(self.sql, "drop function if exists collide cascade; drop sequence if exists tries")

    def test_conflicts_are_retried_and_never_counted(self):
        for sqlstate in ("40001", "40P01"):
            with self.subTest(sqlstate):
                self.setUp()
                self.raising(sqlstate, 4)
                worker = self.worker()
                self.add_messages(range(20))
                self.wait_states(processed=20)
                self.wait_drained()
                self.check_nothing_counted()
                self.assertGreater(int(self.sql("select last_value from tries")), 4)
                worker.close()

    def test_a_deadlock_with_another_session_is_retried(self):
        worker = self.worker(threads=1, postgres_lock_timeout="9s", postgres_statement_timeout="10s", claim_after="20s")
        self.add_messages([1, 2])
        self.wait_states(processed=2)
        before = self.deadlocks()
        # The other session holds 2 and requests 1 as soon as ours, which holds 1, waits for 2. Ours checks for
        # deadlocks first.
        update = "update activities set erased = erased where openphone_id = 'TRUNKLINE-TEST-{}';"
        other = threading.Thread(
            target=self.postgres.psql,
            args=(
                "set deadlock_timeout = '60s'; begin;"
                + update.format(2)
                + "do $$ begin while not exists (select from pg_locks where not granted) loop perform pg_sleep(0.02); "
                "end loop; end $$;" + update.format(1) + "commit;",
            ),
        )
        other.start()
        wait_for(lambda: self.count("pg_stat_activity where query like 'do $$%'"), "the other one to have its row")
        self.redis.command(
            "EVAL",
            "for i = 1, #ARGV do redis.call('XADD', KEYS[1], '*', 'd', '01TEST', 't', "
            "'1772359200000', 's', 'hex', 'k', '0', 'b', ARGV[i]) end",
            1,
            STREAM,
            *[message(n, "new", updatedAt=LATER) for n in (1, 2)],
        )
        wait_for(lambda: self.count("activities where body = 'new'") == 2, "both")
        other.join(10)
        self.wait_drained()
        self.check_nothing_counted()
        wait_for(lambda: self.deadlocks() > before, "a deadlock in the server's books")
        self.assertIsNone(worker.process.poll())

    def test_a_locked_table_stops_what_needs_it_and_nothing_is_counted(self):
        self.worker(claim_after="300ms", postgres_lock_timeout="50ms").wait_ready()
        unlock = self.lock_table("contacts")
        self.add_messages(range(20))
        began = time.monotonic()
        wait_for(lambda: time.monotonic() - began > 2, "forty lock timeouts")
        self.assertEqual(self.count(), 0)
        unlock()
        self.wait_states(processed=20)
        self.wait_drained()
        self.check_nothing_counted()

    def test_an_idle_transaction_delays_only_its_row(self):
        self.worker(postgres_lock_timeout="100ms").wait_ready()
        self.add_messages(range(10))
        self.wait_states(processed=10)
        end = self.session("begin; update activities set erased = erased where openphone_id = 'TRUNKLINE-TEST-4';")
        for n in range(10):
            self.add(message(n, "new", updatedAt=LATER))
        wait_for(lambda: self.count("activities where body = 'new'") == 9, "nine of ten")
        end()
        wait_for(lambda: self.count("activities where body = 'new'") == 10, "the last")
        self.check_nothing_counted()

    def test_a_new_session_has_our_settings_too(self):
        self.sql(
            """create table settings (pid int, lock text, statement text, idle text);
            create function note_settings() returns trigger language plpgsql security definer as $$ begin
              insert into settings values (pg_backend_pid(), current_setting('lock_timeout'),
                current_setting('statement_timeout'), current_setting('idle_in_transaction_session_timeout'));
              return new; end $$;
            create trigger note_settings before insert on activities for each row execute function note_settings()"""
        )
        self.addCleanup(self.sql, "drop function note_settings cascade; drop table settings")
        self.worker(threads=1, postgres_idle_timeout="4s").wait_ready()
        for n in range(4):
            self.add_messages([n])
            self.wait_states(processed=n + 1)
            self.sql(
                "select pg_terminate_backend(pid) from pg_stat_activity "
                "where application_name like 'trunkline-worker%'"
            )
        self.assertEqual(
            self.sql(
                "select count(distinct pid) > 2, count(distinct (lock, statement, idle)), min(lock), "
                "min(statement), min(idle) from settings"
            ),
            "t|1|300ms|3s|4s",
        )
