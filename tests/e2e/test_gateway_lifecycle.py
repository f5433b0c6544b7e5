# SPDX-License-Identifier: Apache-2.0
"""Counters, limits, warnings about rejected requests, and shutdown of a gateway."""
import signal
import threading
import time

from gateway_harness import STREAM, Client, Gateway, WithGateway, cpu_seconds, request, restart, sign_hex
from servers import Redis, wait_for


class Figures(WithGateway):
    def test_rejections_are_logged_once_and_counted(self):
        gateway = self.start()
        for _ in range(7):
            self.assertEqual(gateway.post(headers=sign_hex(b"{}", "wrong")).status, 403)
        line = wait_for(lambda: gateway.find("deliveries rejected"), "the warning")
        self.assertIn("reason=mismatch", line)
        for _ in range(7):
            gateway.post(headers={})
        gateway.post()

        def minutes():
            sums = {}
            for key in self.redis.command("KEYS", "{trunkline}:minute:*"):
                self.assertGreater(self.redis.command("TTL", key), 7000)
                flat = self.redis.command("HGETALL", key)
                for name, n in zip(flat[::2], flat[1::2]):
                    if not name.startswith("gateway:"):  # the gateways that counted in that minute
                        sums[name] = sums.get(name, 0) + int(n)
            return sums

        wait_for(lambda: minutes().get("refused:missing", 0) >= 7, "the counters")
        self.assertGreaterEqual(minutes()["refused:mismatch"], 7)
        self.assertGreaterEqual(minutes()["accepted"], 1)
        gateway.wait_logged("deliveries rejected")
        self.assertEqual(gateway.count("deliveries rejected"), 1)

    def test_process_information(self):
        gateway = self.start("--durability", "redis", "--threads", "1")
        gateway.post()

        def process_info():
            for key in self.redis.command("KEYS", "{trunkline}:gateway:*"):
                flat = self.redis.command("HGETALL", key)
                fields = dict(zip(flat[::2], flat[1::2]))
                if fields.get("pid") == str(gateway.process.pid) and fields["accepted"] == "1":
                    self.assertLessEqual(self.redis.command("TTL", key), 30)
                    return fields
            return None

        found = wait_for(process_info, "the process information")
        self.assertEqual(found["state"], "running")
        self.assertEqual(found["threads"], "1")
        self.assertEqual(found["durability"], "always (--durability redis)")
        self.assertIn("appendfsync always", found["settings"])
        gateway.signal(signal.SIGTERM)
        self.assertEqual(gateway.process.wait(10), 0)
        left = [self.redis.command("HGET", key, "pid") for key in self.redis.command("KEYS", "{trunkline}:gateway:*")]
        self.assertNotIn(str(gateway.process.pid), left)  # an orderly shutdown removes the process information

    def test_counters_survive_an_outage_of_redis(self):
        redis = Redis()
        self.addCleanup(redis.close)
        gateway = Gateway(redis.url_of("gateway"))
        self.addCleanup(gateway.stop)
        redis.kill()
        wait_for(lambda: gateway.post().status == 503, "503")
        for _ in range(5):
            gateway.post()
        restart(redis)
        wait_for(
            lambda: sum(
                int(redis.command("HGET", key, "refused:not_connected") or 0)
                for key in redis.command("KEYS", "{trunkline}:minute:*")
            )
            >= 5,
            "the figures of before",
        )


class Limits(WithGateway):
    def test_requests_of_a_connection(self):
        gateway = self.start("--max-requests-per-connection", "3")
        with Client(gateway) as client:
            for closes in (False, False, True):
                client.send(request())
                self.assertEqual(client.read().closes, closes)
            self.assertTrue(client.ended())

    def test_idle_connection_ends_in_order(self):
        gateway = self.start("--idle-timeout", "200ms")
        with Client(gateway) as client:
            client.send(request())
            self.assertEqual(client.read().status, 200)
            self.assertTrue(client.ended())

    def test_connections(self):
        gateway = self.start("--max-connections", "4", "--header-timeout", "1s")
        held = [Client(gateway) for _ in range(4)]
        with Client(gateway) as waiting:  # in the listen backlog until one of the four times out
            waiting.send(request())
            self.assertEqual(waiting.read().status, 200)
        gateway.wait_logged("max-connections reached")
        for client in held:
            client.close()
        wait_for(lambda: gateway.post().status == 200, "room again")

    def test_out_of_file_descriptors(self):
        gateway = self.start("--threads", "1", "--idle-timeout", "1h", "--header-timeout", "1h", ulimit=64)
        held = [Client(gateway) for _ in range(100)]
        wait_for(lambda: gateway.find("no free file descriptors"), "the warning")
        spent = cpu_seconds(gateway.process.pid)
        end = time.monotonic() + 1
        while time.monotonic() < end:
            self.assertIsNone(gateway.process.poll())
            time.sleep(0.1)
        self.assertLess(cpu_seconds(gateway.process.pid) - spent, 0.5)  # one spinning thread would use 1 s
        for client in held:
            client.close()
        wait_for(lambda: gateway.post().status == 200, "deliveries again")
        self.assertEqual(gateway.count("no free file descriptors"), 1)

    def test_responses_that_are_not_read(self):
        # Thousands of responses are not read: the connection ends, others continue.
        gateway = self.start("--threads", "1")
        with Client(gateway) as client:
            client.socket.setblocking(False)
            try:
                while True:
                    client.socket.send(request(b"", headers={}) * 100)
            except BlockingIOError:
                pass
            self.assertEqual(gateway.post().status, 200)


class Shutdown(WithGateway):
    def test_drain_loses_and_resets_nothing(self):
        gateway = self.start("--drain-delay", "1s")
        before = self.redis.command("XLEN", STREAM)
        acked, failures, ended = [], [], threading.Event()

        def sender(keep_alive):
            while not ended.is_set():
                try:
                    client = Client(gateway)
                except ConnectionRefusedError:
                    return
                try:
                    while True:
                        client.send(request())
                        answer = client.read()
                        acked.append(answer.status)
                        if answer.closes or not keep_alive:
                            break
                except OSError as error:
                    failures.append(repr(error))
                finally:
                    client.close()

        threads = [threading.Thread(target=sender, args=(i % 2 == 0,)) for i in range(8)]
        for thread in threads:
            thread.start()
        wait_for(lambda: len(acked) > 200, "traffic")
        gateway.signal(signal.SIGTERM)
        wait_for(lambda: gateway.probe("/readyz") == (503, {"ready": False, "reason": "draining"}), "unready")
        self.assertEqual(gateway.process.wait(15), 0)
        ended.set()
        for thread in threads:
            thread.join()
        self.assertEqual(failures, [])
        self.assertEqual(set(acked), {200})
        self.assertEqual(self.redis.command("XLEN", STREAM) - before, len(acked))

    def test_serves_during_the_delay_and_ends_connections(self):
        gateway = self.start("--drain-delay", "5s")
        with Client(gateway) as old:
            old.send(request())
            self.assertFalse(old.read().closes)
            gateway.signal(signal.SIGTERM)
            wait_for(lambda: gateway.probe("/readyz")[0] == 503, "unready")
            old.send(request())
            answer = old.read()
            self.assertEqual((answer.status, answer.closes), (200, True))
            self.assertEqual(gateway.post().status, 200)  # a new connection

    def test_finishes_what_is_in_flight(self):
        redis = Redis()
        self.addCleanup(redis.close)
        gateway = Gateway(redis.url_of("gateway"), "--drain-delay", "0s", "--redis-deadline", "5s")
        self.addCleanup(gateway.stop)
        with Client(gateway) as begun, Client(gateway) as waiting:
            begun.send(request(b"{}")[:-1])
            redis.kill(signal.SIGSTOP)
            waiting.send(request())
            wait_for(lambda: gateway.count("delivery verified") == 1, "a delivery in flight")
            gateway.signal(signal.SIGTERM)
            wait_for(lambda: gateway.find("no longer listening"), "the closed listener")
            redis.kill(signal.SIGCONT)
            begun.send(b"}")
            self.assertEqual((waiting.read().status, begun.read().status), (200, 200))
        self.assertEqual(gateway.process.wait(10), 0)

    def test_second_signal_leaves_at_once(self):
        gateway = self.start("--drain-delay", "60s")
        gateway.signal(signal.SIGTERM)
        wait_for(lambda: gateway.find("drain begun"), "the drain")
        gateway.signal(signal.SIGINT)
        self.assertNotEqual(gateway.process.wait(3), 0)

    def test_debug_is_toggled_while_running(self):
        gateway = self.start(log_level="info")
        gateway.post(b"before")
        self.assertEqual(gateway.count("delivery answered"), 0)
        gateway.signal(signal.SIGUSR1)
        wait_for(lambda: gateway.post().status == 200 and gateway.count("delivery answered") > 0, "debug lines")
