# SPDX-License-Identifier: Apache-2.0
"""A gateway whose Redis is unreachable, stopped, full, read-only, locked or less durable than required: 503 at once,
and 200 again automatically."""
import select
import signal
import threading
import time
import unittest

from gateway_harness import Client, Gateway, entries, request, restart
from seeds import limit
from servers import Redis, wait_for

AT_ONCE = limit(1.5)  # seconds until a 503: the Redis deadline of 1 s and a margin
AGAIN = limit(3.0)  # seconds until 200 after Redis is reachable again: a second and a margin


class RedisCase(unittest.TestCase):
    options = ()

    def setUp(self):
        self.redis = Redis("--enable-protected-configs", "yes")
        self.addCleanup(self.redis.close)
        self.gateway = Gateway(self.redis.url_of("gateway"), "--threads", "1", *self.options)
        self.addCleanup(self.gateway.stop)

    def expect_503(self, reason=None):
        started = time.monotonic()
        answer = self.gateway.post()
        self.assertEqual(answer.status, 503)
        self.assertLess(time.monotonic() - started, AT_ONCE)
        self.assertIn(int(answer.headers["retry-after"]), range(5, 31))
        self.assertIn("trunkline-delivery-id", answer.headers)
        if reason:
            self.assertEqual(self.reason_of(answer), reason)

    def reason_of(self, answer):
        mark = "delivery_id=" + answer.headers["trunkline-delivery-id"]
        line = wait_for(
            lambda: next((x for x in list(self.gateway.log) if mark in x and "answered" in x), None),
            "the log line of an answer",
        )
        return line.split("outcome=")[1].split()[0]

    def expect_recovery(self):
        wait_for(lambda: self.gateway.post().status == 200, "200 again", AGAIN)
        wait_for(lambda: self.gateway.probe("/readyz")[0] == 200, "ready again", AGAIN)

    def expect_unready(self, reason):
        wait_for(lambda: self.gateway.probe("/readyz")[1].get("reason") == reason, f"unready: {reason}")
        self.assertEqual(self.gateway.probe("/readyz")[0], 503)
        self.assertEqual(self.gateway.probe("/livez")[0], 200)


class Unreachable(RedisCase):
    def test_killed_and_started_again(self):
        self.assertEqual(self.gateway.post().status, 200)
        self.redis.kill()
        wait_for(lambda: self.gateway.post().status == 503, "503")
        self.expect_503("not_connected")
        self.expect_unready("not_connected")
        restart(self.redis)
        self.expect_recovery()

    def test_killed_with_deliveries_in_flight(self):
        self.redis.kill(signal.SIGSTOP)
        clients = [Client(self.gateway) for _ in range(20)]
        for client in clients:
            client.send(request())
        self.redis.kill(signal.SIGKILL)
        self.assertEqual({client.read().status for client in clients}, {503})
        for client in clients:
            client.close()

    def test_stopped_process(self):
        self.redis.kill(signal.SIGSTOP)
        clients = [Client(self.gateway) for _ in range(20)]
        started = time.monotonic()
        for client in clients:
            client.send(request())
        self.assertEqual({client.read().status for client in clients}, {503})
        self.assertLess(time.monotonic() - started, AT_ONCE)
        self.expect_503("not_connected")  # the connection was closed: later requests do not wait another second
        self.redis.kill(signal.SIGCONT)
        self.expect_recovery()
        for client in clients:  # late replies are dropped: each response belongs to its own request
            client.send(request(b"late"))
            answer = client.read()
            self.assertEqual(answer.status, 200)
            ids = [e["d"] for e in entries(self.redis) if e["b"] == "late"]
            self.assertEqual(ids[-1], answer.headers["trunkline-delivery-id"])
            client.close()

    def test_redis_by_name(self):
        """The resolver's thread passes its result to the event loops, which omit some locks."""
        by_name = self.redis.url_of("gateway").replace("127.0.0.1", "localhost")
        self.assertIn("localhost", by_name)
        other = Gateway(by_name, "--threads", "2")
        self.addCleanup(other.stop)
        self.assertEqual(other.post().status, 200)
        self.redis.kill()
        wait_for(lambda: other.post().status == 503, "503")
        restart(self.redis)
        wait_for(lambda: other.post().status == 200, "200", AGAIN)

    def test_gateway_starts_before_redis(self):
        self.redis.kill()
        other = Gateway(self.redis.url_of("gateway"), "--threads", "1", ready=False)
        self.addCleanup(other.stop)
        self.assertEqual(other.post().status, 503)
        self.assertEqual(other.probe("/livez")[0], 200)
        restart(self.redis)
        wait_for(lambda: other.post().status == 200, "200", AGAIN)

    def test_no_acked_delivery_is_lost_over_kills(self):
        acked, stop = [], threading.Event()

        def sender(name):
            n = 0
            while not stop.is_set():
                n += 1
                body = b"%d-%d" % (name, n)
                try:
                    if self.gateway.post(body).status == 200:
                        acked.append(body.decode())
                except OSError as error:  # a running gateway never drops a connection
                    acked.append(f"error {error}")
                    return

        threads = [threading.Thread(target=sender, args=(i,)) for i in range(4)]
        for thread in threads:
            thread.start()
        for _ in range(3):
            before = len(acked)
            wait_for(lambda: len(acked) > before + 50, "deliveries")
            self.redis.kill()
            restart(self.redis)
        before = len(acked)
        wait_for(lambda: len(acked) > before + 50, "deliveries")
        stop.set()
        for thread in threads:
            thread.join()
        self.assertEqual(set(acked) - {e["b"] for e in entries(self.redis)}, set())


class RejectedByRedis(RedisCase):
    def test_oom(self):
        self.redis.command("CONFIG", "SET", "maxmemory", "1")
        self.assertIn(self.reason_of(self.gateway.post()), ("oom", "shedding"))
        self.expect_503()
        self.expect_unready("shedding")
        self.redis.command("CONFIG", "SET", "maxmemory", "0")
        self.expect_recovery()

    def test_shedding_has_two_lines(self):
        # Enough data that the buffers of connections do not change the share.
        self.redis.command("SETRANGE", "padding", str(64 << 20), "x")
        used = int(self.redis.command("INFO", "memory").split("used_memory:")[1].split()[0])
        self.redis.command("CONFIG", "SET", "maxmemory", str(int(used / 0.8)))
        wait_for(lambda: self.gateway.post().status == 503, "shedding at 80 %")
        self.expect_503("shedding")
        used = int(self.redis.command("INFO", "memory").split("used_memory:")[1].split()[0])
        self.redis.command("CONFIG", "SET", "maxmemory", str(int(used / 0.67)))
        end = time.monotonic() + 1
        while time.monotonic() < end:  # four checks of the health monitor
            self.expect_503("shedding")
        self.redis.command("CONFIG", "SET", "maxmemory", str(int(used / 0.5)))
        self.expect_recovery()

    def test_readonly(self):
        other = Redis()
        self.addCleanup(other.close)
        self.redis.command("REPLICAOF", "127.0.0.1", str(other.port))
        wait_for(lambda: self.gateway.post().status == 503, "503")
        self.expect_503("readonly")
        self.expect_unready("readonly")
        self.redis.command("REPLICAOF", "NO", "ONE")
        self.expect_recovery()

    def test_any_other_error(self):
        self.redis.command("CONFIG", "SET", "min-replicas-to-write", "1")  # NOREPLICAS
        self.expect_503("redis_error")
        self.redis.command("CONFIG", "SET", "min-replicas-to-write", "0")
        self.expect_recovery()

    def test_misconf(self):
        # A snapshot that fails, with stop-writes-on-bgsave-error.
        self.redis.command("CONFIG", "SET", "save", "1 1")
        self.redis.command("CONFIG", "SET", "dir", "/proc")
        self.redis.command("SET", "x", "1")
        wait_for(lambda: "rdb_last_bgsave_status:err" in self.redis.command("INFO", "persistence"), "a failed snapshot")
        self.expect_503("misconf")
        self.redis.command("CONFIG", "SET", "stop-writes-on-bgsave-error", "no")
        self.expect_recovery()

    def test_wrong_type_of_key(self):
        self.redis.command("SET", "{trunkline}:deliveries", "not a stream")
        self.expect_503("redis_error")
        self.redis.command("DEL", "{trunkline}:deliveries")
        self.expect_recovery()

    def test_permissions_revoked_and_granted(self):
        self.redis.command("ACL", "SETUSER", "trunkline-gateway", "-xadd")
        self.expect_503("noauth")
        self.expect_unready("noauth")
        self.redis.command("ACL", "SETUSER", "trunkline-gateway", "+xadd")
        self.expect_recovery()

    def test_password_changed_meanwhile(self):
        self.redis.command("ACL", "SETUSER", "trunkline-gateway", "resetpass", ">another")
        with Client(self.gateway) as client:
            self.redis.command("CLIENT", "KILL", "USER", "trunkline-gateway")
            wait_for(lambda: self.gateway.probe("/readyz")[0] == 503, "unready")
            client.send(request())
            self.assertEqual(client.read().status, 503)
        wait_for(lambda: "WRONGPASS" in self.gateway.probe("/readyz")[1].get("detail", ""), "WRONGPASS as the reason")
        self.redis.command("ACL", "SETUSER", "trunkline-gateway", "resetpass", ">gateway-password")
        self.expect_recovery()


class Idle(RedisCase):
    """Without deliveries the gateway detects the state of Redis by its own checks."""

    def expect_ready(self):
        wait_for(lambda: self.gateway.probe("/readyz")[0] == 200, "ready again", AGAIN)
        self.assertEqual(self.redis.command("XLEN", "{trunkline}:deliveries"), 0)

    def test_it_became_a_replica(self):
        other = Redis()
        self.addCleanup(other.close)
        self.redis.command("REPLICAOF", "127.0.0.1", str(other.port))
        self.expect_unready("readonly")
        self.gateway.wait_logged("redis would reject deliveries")
        self.redis.command("REPLICAOF", "NO", "ONE")
        self.expect_ready()

    def test_it_cannot_write_to_its_disk(self):
        self.redis.command("CONFIG", "SET", "save", "1 1")
        self.redis.command("CONFIG", "SET", "dir", "/proc")
        self.redis.command("SET", "x", "1")
        wait_for(lambda: "rdb_last_bgsave_status:err" in self.redis.command("INFO", "persistence"), "a failed snapshot")
        self.expect_unready("misconf")
        self.redis.command("CONFIG", "SET", "stop-writes-on-bgsave-error", "no")
        self.expect_ready()


class Durability(RedisCase):
    def test_weaker_durability_is_rejected_and_accepted_again(self):
        for weaker, back in (
            (("appendfsync", "everysec"), ("appendfsync", "always")),
            (("no-appendfsync-on-rewrite", "yes"), ("no-appendfsync-on-rewrite", "no")),
            (("appendonly", "no"), ("appendonly", "yes")),
        ):
            self.redis.command("CONFIG", "SET", *weaker)
            wait_for(lambda: self.gateway.post().status == 503, "503")
            self.expect_503("weak_durability")
            self.expect_unready("weak_durability")
            self.redis.command("CONFIG", "SET", *back)
            wait_for(lambda: self.gateway.post().status == 200, "200 again")

    def test_weaker_after_a_restart_accepts_nothing(self):
        self.redis.kill()
        self.redis.extra = ["--appendfsync", "everysec"]
        restart(self.redis)
        wait_for(lambda: self.gateway.probe("/readyz")[1].get("reason") == "weak_durability", "unready", AGAIN)
        self.expect_503("weak_durability")
        self.assertEqual(self.redis.command("XLEN", "{trunkline}:deliveries"), 0)

    def test_unknown_durability_is_served_and_reported(self):
        self.redis.command("ACL", "SETUSER", "trunkline-gateway", "-config")
        self.redis.command("CLIENT", "KILL", "TYPE", "normal", "SKIPME", "yes")
        wait_for(lambda: self.gateway.probe("/readyz")[1] == {"ready": True, "durability": "unknown"}, "unknown", AGAIN)
        self.assertEqual(self.gateway.post().status, 200)
        self.gateway.wait_logged("redis durability unknown")


class AnyDurability(RedisCase):
    options = ("--durability", "redis")

    def test_weaker_durability_is_accepted_and_reported(self):
        self.redis.command("CONFIG", "SET", "appendfsync", "everysec")
        wait_for(lambda: self.gateway.probe("/readyz")[1].get("durability") == "weaker", "the look at settings")
        self.assertEqual(self.gateway.post().status, 200)
        self.gateway.wait_logged("redis may lose acknowledged deliveries")


class Overload(RedisCase):
    options = ("--max-in-flight", "8", "--redis-deadline", "10s")

    def test_more_in_flight_than_allowed(self):
        self.redis.kill(signal.SIGSTOP)
        clients = [Client(self.gateway) for _ in range(20)]
        for client in clients:
            client.send(request())

        def answered():
            return select.select([client.socket for client in clients], [], [], 0)[0]

        wait_for(lambda: len(answered()) >= 12, "twelve rejected requests, while eight wait", 9)
        refused = [client for client in clients if client.socket in answered()]
        self.assertEqual(len(refused), 12)  # which ones, depends on the order in which they were read
        for client in refused:
            answer = client.read()
            self.assertEqual((answer.status, self.reason_of(answer)), (503, "overloaded"))
        self.redis.kill(signal.SIGCONT)
        self.assertEqual({client.read().status for client in clients if client not in refused}, {200})
        for client in clients:
            client.close()
