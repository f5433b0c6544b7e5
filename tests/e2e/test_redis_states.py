# SPDX-License-Identifier: Apache-2.0
"""Redis rejects commands or is unreachable for every reason, with a gateway and a worker running: nothing acknowledged
is lost, no attempt is counted, nothing is dead, /readyz reports the reason, and processing resumes automatically.
Recovery times are printed."""
import signal
import threading
import time

from gateway_harness import Gateway, restart
from redis_harness import body_of, measured
from redis_states import StateTest
from seeds import limit
from worker_harness import STREAM, wait_for


class Unreachable(StateTest):
    def test_killed_and_back(self):  # D1
        self.begin()
        self.redis.kill()
        self.expect_unready("not_connected")
        self.the_worker.wait_blocked("redis")
        restart(self.redis)
        self.expect_return("killed")
        self.finish()

    def test_loading(self):
        """The file takes seconds to load; Redis replies LOADING meanwhile."""
        self.begin()
        self.redis.command("EVAL", "for i = 1, 16000 do redis.call('INCR', 'filler') end", 0)
        self.redis.kill()
        self.redis.extra += ["--key-load-delay", "150"]
        began = time.monotonic()
        starting = threading.Thread(target=restart, args=(self.redis,))
        starting.start()
        wait_for(lambda: "LOADING" in str(self.gateway.probe("/readyz")[1]), "unready: LOADING")
        self.the_worker.wait_blocked("LOADING")
        answer = self.gateway.post(body_of("refused"))
        self.assertEqual(answer.status, 503)
        self.assertIn(int(answer.headers["retry-after"]), range(5, 31))
        starting.join()
        took = time.monotonic() - began
        self.expect_return(f"LOADING for {took:.1f} s")
        connections = int(self.redis.command("INFO", "stats").split("total_connections_received:")[1].split()[0])
        # 2 threads of 8 lanes, 4 connections of a worker, and the probes of this test: each retries a few times per
        # second.
        self.assertLess(connections, 150 + took * 150)
        measured("LOADING: connections a second from 1 gateway and 1 worker", f"{connections / took:.0f}")
        self.finish()

    def test_stopped_and_continued_replies_are_not_mixed_up(self):
        self.begin(threads=8, pause=0.0)
        for pause in (0.5, 3.0):
            self.redis.kill(signal.SIGSTOP)
            began = time.monotonic()
            if pause > 2:
                self.expect_unready("not_connected")
            wait_for(lambda: time.monotonic() > began + pause, "the pause to be over")
            self.redis.kill(signal.SIGCONT)
            self.expect_return(f"stopped for {pause} s")
            self.senders.wait_acked(50)
        self.finish()
        self.assertLess(max(seconds for _, seconds, _ in self.senders.times), limit(2.5))
        # Responses match requests: the delivery id in the response is that of the row with the body that was sent.
        rows = dict(row.split("|") for row in self.sql("select event_id, delivery_id from webhook_events").split("\n"))
        for name, delivery in self.senders.ids.items():
            self.assertEqual(rows[name], delivery, name)


class RejectedByRedis(StateTest):
    def fault_and_back(self, what, break_, mend, reasons, worker_says=None):
        break_()
        wait_for(lambda: self.senders.failed() > 0, "503")
        self.expect_unready(*reasons)
        if worker_says:
            self.the_worker.wait_blocked(worker_says)
        mend()
        self.expect_return(what)
        self.senders.answers = {n: s for n, s in self.senders.answers.items() if s == 200}

    def test_memory_full_of_a_foreign_key(self):
        """The workers drain to zero and stay ready; the gateway accepts deliveries again when the key is removed."""
        self.begin()
        self.the_worker.process.send_signal(signal.SIGSTOP)
        self.senders.wait_acked(100)
        self.redis.command("SETRANGE", "foreign", 8 << 20, "x")
        self.redis.command("CONFIG", "SET", "maxmemory", "4mb")
        self.expect_unready("oom", "shedding")
        self.assertGreater(self.redis.command("XLEN", STREAM), 0)
        self.the_worker.process.send_signal(signal.SIGCONT)
        self.wait_drained()
        self.the_worker.wait_ready()
        self.redis.command("DEL", "foreign")
        self.expect_return("memory full of a foreign key")
        self.finish()

    def test_memory_full_and_the_group_is_missing(self):
        self.redis.command("XADD", STREAM, "*", "x", "y")
        self.redis.command("XTRIM", STREAM, "MAXLEN", 0)
        for n in range(200):
            self.add(body_of(f"EV-{n}"))
        self.redis.command("SETRANGE", "foreign", 8 << 20, "x")
        self.redis.command("CONFIG", "SET", "maxmemory", "4mb")
        with self.assertRaisesRegex(RuntimeError, "OOM"):  # otherwise the test would prove nothing
            self.redis.command("XGROUP", "CREATE", STREAM, "workers", "0")
        worker = self.worker(batch=50)
        wait_for(lambda: self.redis.command("XLEN", STREAM) == 0, "the stream to be empty")
        self.wait_states(processed=200)
        self.assertEqual(self.count("activities"), 200)
        worker.wait_blocked("cannot create the consumer group")  # nothing left to read, and the group is still missing
        self.redis.command("DEL", "foreign")
        worker.wait_ready()
        self.add(body_of("EV-200"))
        self.wait_states(processed=201)
        self.wait_drained()
        self.assertEqual(self.sql("select count(*) from webhook_events where attempts > 0"), "0")

    def test_misconf(self):
        self.begin()
        self.redis.command("CONFIG", "SET", "save", "1 1")
        self.redis.command("CONFIG", "SET", "dir", "/proc")
        self.fault_and_back(
            "MISCONF",
            lambda: wait_for(lambda: self.senders.failed() > 0, "MISCONF"),
            lambda: self.redis.command("CONFIG", "SET", "stop-writes-on-bgsave-error", "no"),
            ("misconf",),
        )
        self.finish()

    def test_rights_and_password(self):
        self.begin()
        acl = lambda *rule: self.redis.command("ACL", "SETUSER", *rule)  # noqa: E731
        self.fault_and_back(
            "rights taken away",
            lambda: (acl("trunkline-gateway", "-xadd"), acl("trunkline-worker", "-xreadgroup")),
            lambda: (acl("trunkline-gateway", "+xadd"), acl("trunkline-worker", "+xreadgroup")),
            ("noauth",),
            "NOPERM",
        )

        def passwords(suffix):
            for role in ("gateway", "worker"):
                acl(f"trunkline-{role}", "resetpass", f">{role}-password{suffix}")
                self.redis.command("CLIENT", "KILL", "USER", f"trunkline-{role}")

        self.fault_and_back(
            "password changed", lambda: passwords("-new"), lambda: passwords(""), ("not_connected",), "WRONGPASS"
        )
        self.finish()

    def test_missing_database_and_renamed_command(self):
        self.redis.kill()
        self.redis.extra += ["--rename-command", "XADD", "XADD2", "--rename-command", "XREADGROUP", "XREADGROUP2"]
        self.redis.start()
        wrong = Gateway(self.redis.url_of("gateway")[:-1] + "99", "--threads", "1", ready=False)
        self.addCleanup(wrong.stop)
        gateway = Gateway(self.redis.url_of("gateway"), "--threads", "1", ready=False)
        self.addCleanup(gateway.stop)
        worker = self.worker()
        self.assertEqual({wrong.post().status, gateway.post().status}, {503})
        wait_for(lambda: "DB index" in str(wrong.probe("/readyz")[1]), "the reason")
        wait_for(
            lambda: gateway.post().status == 503 and "unknown command" in str(gateway.probe("/readyz")[1]), "the reason"
        )
        worker.wait_blocked("unknown command")
        self.assertIsNone(gateway.process.poll())
        self.redis.kill()
        del self.redis.extra[-6:]
        self.redis.start()
        wait_for(lambda: gateway.post(body_of("again")).status == 200, "200 again")
        worker.wait_ready()
        self.wait_states(processed=1)

    def test_flushall_while_workers_wait(self):
        """An operator deleted the entries of the stream. No program fails because of it."""
        self.begin()
        for _ in range(3):
            self.redis.command("FLUSHALL")
            since = time.monotonic()
            self.senders.wait_acked(20)
        self.finish(since)
        self.assertEqual(self.senders.failed(), 0)


del StateTest  # the base class has no tests
