# SPDX-License-Identifier: Apache-2.0
"""SIGTERM ends a worker in time, whatever is frozen; a start is visible at once; a lost reply counts no delivery."""
import os
import signal
import socket
import threading
import time

from seeds import limit
from worker_harness import STREAM, Worker, WorkerTest, message, wait_for

DEFAULTS = {
    "block": "1s",
    "reclaim_interval": "5s",
    "claim_after": "30s",
    "retry_poll_interval": "1s",
    "heartbeat_interval": "5s",
    "redis_timeout": "5s",
    "postgres_statement_timeout": "10s",
    "probe_interval_max": "3s",
}


class Stop(WorkerTest):
    def stop_time(self, worker):
        began = time.monotonic()
        code = worker.terminate()
        return code, time.monotonic() - began

    def wake(self, pid):
        try:
            os.kill(pid, signal.SIGCONT)
        except ProcessLookupError:
            pass

    def test_an_idle_worker_stops_within_one_read(self):
        worker = self.worker(**DEFAULTS)
        worker.wait_ready()
        code, took = self.stop_time(worker)
        self.assertEqual(code, 0)
        self.assertLess(took, limit(2.5))

    def test_the_state_is_published_at_once(self):
        worker = self.worker(**{**DEFAULTS, "heartbeat_interval": "20s"})
        worker.wait_ready()
        wait_for(
            lambda: self.process_info(worker).get("state") == "running", "state running in the process information"
        )

    def test_frozen_redis_does_not_delay_the_stop(self):
        worker = self.worker(**{**DEFAULTS, "redis_timeout": "2s", "reclaim_interval": "50ms"}, drain_timeout="3s")
        worker.wait_ready()
        self.redis.process.send_signal(signal.SIGSTOP)
        self.addCleanup(self.redis.process.send_signal, signal.SIGCONT)
        code, took = self.stop_time(worker)
        self.assertEqual(code, 0)
        self.assertLess(took, limit(3 + 3))

    def test_exits_when_a_call_exceeds_the_drain_timeout(self):
        worker = self.worker(**{**DEFAULTS, "redis_timeout": "60s"}, drain_timeout="100ms")
        worker.wait_ready()
        self.redis.process.send_signal(signal.SIGSTOP)
        self.addCleanup(self.redis.process.send_signal, signal.SIGCONT)
        # Threads check PostgreSQL each second: once none does, all of them hang in a call to Redis.
        wait_for(
            lambda: self.sql(
                "select bool_and(now() - state_change > interval '1.5 s') from pg_stat_activity"
                " where application_name like 'trunkline-worker%'"
            )
            == "t",
            "all threads to hang",
        )
        code, took = self.stop_time(worker)
        self.assertEqual(code, 1)
        self.assertLess(took, limit(0.1 + 5 + 2))
        self.assertIn("drain timeout exceeded", worker.log())

    def test_frozen_postgres_does_not_delay_the_stop_and_the_batch_is_released_uncounted(self):
        worker = self.worker(**DEFAULTS, drain_timeout="1s", postgres_lock_timeout="8s")
        worker.wait_ready()
        unlock = self.lock_table("activities")
        self.add_messages(range(20))
        wait_for(lambda: self.pending() > 0, "a batch to be in flight")
        backends = self.sql("select pid from pg_stat_activity where application_name like 'trunkline-worker%'").split(
            "\n"
        )
        for pid in map(int, backends):
            os.kill(pid, signal.SIGSTOP)
            self.addCleanup(self.wake, pid)
        code, took = self.stop_time(worker)
        self.assertEqual(code, 0)
        self.assertLess(took, limit(1 + 4))
        rows = self.redis.command("XPENDING", STREAM, "workers", "-", "+", 100)
        self.assertEqual({(row[1], row[3]) for row in rows}, {("released", 0)})
        for pid in map(int, backends):
            self.wake(pid)
        unlock()
        self.worker()
        self.wait_states(processed=20)


class LossyRedis:
    """A Redis whose replies that contain a certain text are lost, this number of times."""

    def __init__(self, redis, text, times):
        self.redis, self.text, self.left = redis, text, times
        self.folder = redis.folder
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        threading.Thread(target=self.accept, daemon=True).start()

    def url_of(self, role):
        return self.redis.url_of(role, self.port)

    def accept(self):
        while True:
            try:
                near = self.listener.accept()[0]
            except OSError:
                return
            far = socket.create_connection(("127.0.0.1", self.redis.port))
            threading.Thread(target=self.pump, args=(near, far, False), daemon=True).start()
            threading.Thread(target=self.pump, args=(far, near, True), daemon=True).start()

    def pump(self, source, target, answers):
        try:
            while data := source.recv(65536):
                if answers and self.left > 0 and self.text in data:
                    self.left -= 1
                    break
                target.sendall(data)
        except OSError:
            pass
        for each in (source, target):
            try:
                each.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass

    def close(self):
        self.listener.close()


class LostReplies(WorkerTest):
    def test_a_lost_reply_is_no_crash_and_counts_no_delivery(self):
        between = LossyRedis(self.redis, b"TRUNKLINE-TEST-7", 8)
        self.addCleanup(between.close)
        self.redis.command("XGROUP", "CREATE", STREAM, "workers", "0", "MKSTREAM")
        entry = self.add(message(7))
        worker = Worker(between, self.postgres, threads=1)
        self.workers.append(worker)
        seen = set()

        def settled():
            rows = self.redis.command("XPENDING", STREAM, "workers", entry, entry, 1)
            seen.update(row[3] for row in rows)
            return self.states() == {"processed": 1}

        wait_for(settled, "the entry to be processed", 30, every=0.005)
        self.assertEqual(between.left, 0)
        self.assertLessEqual(seen, {0, 1})
