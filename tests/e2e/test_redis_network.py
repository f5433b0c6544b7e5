# SPDX-License-Identifier: Apache-2.0
"""The network between Redis and gateway or worker: cut at each byte, half-open, lossy, with low bandwidth."""
import random
import re
import threading
import time
import unittest

import netns
from gateway_harness import PATIENT, Client, Gateway, request
from proxy import Proxy
from redis_harness import Senders, body_of, measured, seconds_until
from seeds import SOAK, limit, seeds
from worker_harness import STREAM, Worker, WorkerTest, wait_for


class ProxiedRedis:
    """A Redis whose port is that of a proxy."""

    def __init__(self, redis, proxy):
        self.redis, self.proxy, self.folder = redis, proxy, redis.folder

    def url_of(self, role):
        return self.redis.url_of(role, port=self.proxy.port)


class NetworkTest(WorkerTest):
    def behind(self):
        proxy = Proxy(self.redis.port)
        self.addCleanup(proxy.close)
        return proxy

    def gateway(self, port, *options):
        gateway = Gateway(self.redis.url_of("gateway", port=port), *options, log_level="info")
        self.addCleanup(gateway.stop)
        return gateway

    def worker_behind(self, proxy, **options):
        worker = Worker(ProxiedRedis(self.redis, proxy), self.postgres, **options)
        self.workers.append(worker)
        worker.wait_ready()
        return worker

    def expect_each_once(self, count):
        self.wait_states(processed=count)
        self.wait_drained()
        self.assertEqual(self.count("activities"), count)
        self.assertEqual(self.sql("select count(*) from webhook_events where attempts > 0"), "0")


class CutAppend(NetworkTest):
    """One delivery per place to cut. Its XADD is found by the name in its body: up-17 is cut after 17 bytes of the
    command, down-5 after 5 bytes of the reply."""

    MARK = re.compile(rb'"id": "(up|down)-([0-9]+)"')

    def setUp(self):
        super().setUp()
        self.done, self.waiting, self.lock = set(), {}, threading.Lock()

    def shape(self, link, direction, data):
        with self.lock:
            if direction == "down":
                keep = self.waiting.pop(link, None)
                return data if keep is None else self.cut(link, "down", data[:keep])
            for mark in self.MARK.finditer(data):
                name = mark[0]
                at = data.rfind(b"$4\r\nXADD", 0, mark.start())
                start = data.rfind(b"*", 0, at)
                if name in self.done or at < 0:
                    continue
                self.done.add(name)
                if mark[1] == b"up":
                    return self.cut(link, "up", data[: start + int(mark[2])])
                self.waiting[link] = int(mark[2])
                break
        return data

    def cut(self, link, direction, kept):
        """Sends `kept`, then resets the connection: the far end has read it when the reset arrives."""
        end = link.ends[direction][1]
        end.sendall(kept)
        if direction == "up" and kept:
            time.sleep(0.005)
        link.reset()
        return b""

    def test_at_each_byte(self):
        proxy = self.behind()
        size = len(self.sample())
        ups = range(size + 1) if SOAK else sorted({*range(0, size + 1, 16), *range(size - 3, size + 1), 1, 2, 3})
        downs = range(0, 24)  # "$15\r\n1772359200000-0\r\n" is 22 bytes: at 22 and later it is a complete reply
        tasks = [f"up-{k}" for k in ups] + [f"down-{k}" for k in downs]
        gateways = [self.gateway(proxy.port, "--threads", "1", *PATIENT) for _ in range(3)]
        proxy.watch(self.shape)
        first = {}

        def send(gateway, mine):
            for name in mine:
                wait_for(lambda: gateway.post(b"{}").status == 200, "connected")
                statuses = []
                with Client(gateway) as client:
                    while not statuses or statuses[-1] != 200:
                        client.send(request(body_of(name)))
                        statuses.append(client.read().status)
                        if statuses[-1] != 200:
                            time.sleep(0.02)
                first[name] = statuses

        threads = [threading.Thread(target=send, args=(gateway, tasks[n::3])) for n, gateway in enumerate(gateways)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(240)
        self.assertEqual(set(first), set(tasks))
        stored = [name for name in (self.name(e) for e in self.entries()) if name]
        for name, statuses in first.items():
            direction, k = name.split("-")
            copies = stored.count(name)
            self.assertEqual(set(statuses) - {200, 503}, set(), name)
            if direction == "up" and int(k) < size - 2:  # the name may have fewer digits
                self.assertEqual((statuses[0], copies), (503, 1), name)
            elif direction == "down" and int(k) < 20:
                self.assertEqual((statuses[0], copies), (503, 2), name)  # outcome unknown: stored, and rejected
            self.assertIn(copies, (1, 2), name)
        measured(
            "connection to Redis cut at a byte of an append",
            f"{len(tasks)} places, 0 false 200, " f"{len(stored) - len(tasks)} doubles absorbed",
        )
        self.worker()
        self.wait_drained()
        rows = self.sql("select event_id from webhook_events where state = 'processed' order by 1").split("\n")
        self.assertEqual(rows, sorted(tasks))
        self.assertEqual(self.count("activities"), len(tasks))

    def entries(self):
        return [dict(zip(f[::2], f[1::2])) for _, f in self.redis.command("XRANGE", STREAM, "-", "+")]

    def name(self, entry):
        found = self.MARK.search(entry["b"].encode())
        return found and found[0].decode().split('"')[3]

    def sample(self):
        """Returns the bytes of one append, as the gateway sends them."""
        seen, proxy = [], self.behind()
        gateway = self.gateway(proxy.port, "--threads", "1")

        def look(_, direction, data):
            if direction == "up" and b"sample-100" in data:
                seen.append(data[data.rfind(b"*", 0, data.find(b"XADD")) :])
            return data

        proxy.watch(look)
        self.assertEqual(gateway.post(body_of("up-100").replace(b"up-100", b"sample-100")).status, 200)
        gateway.stop()
        self.redis.command("FLUSHALL")
        return seen[0].replace(b"sample-100", b"up-100")


class CutSettle(NetworkTest):
    def test_worker_cut_at_bytes_of_its_exchange(self):
        proxy = self.behind()
        self.worker_behind(proxy, threads=1)
        number = 0
        for seed in seeds():
            rng = random.Random(seed)
            for direction, most in (("up", 900), ("down", 1800)):
                for k in sorted(rng.sample(range(1, most), 6)):
                    with self.subTest(seed=seed, direction=direction, k=k):
                        proxy.limit(direction, k)
                        before = proxy.count
                        proxy.cut()
                        self.add_messages(range(number, number + 3))
                        number += 3
                        wait_for(
                            lambda: proxy.count >= before + 2 or self.redis.command("XLEN", STREAM) == 0,
                            "a connection that was cut, or all done",
                        )
                        proxy.heal()
                        proxy.cut()
                        self.expect_each_once(number)


class HalfOpen(NetworkTest):
    """Bytes are lost without an error."""

    def expect_both_notice_and_return(self, gateway, worker, vanish, what):
        with Senders(gateway, 2, pause=0.01) as senders:
            senders.wait_acked(20)
            began = time.monotonic()
            heal = vanish()
            wait_for(lambda: senders.failed() > 0, "503")
            found = time.monotonic() - began
            worker.wait_blocked("redis")
            held = time.monotonic() - began
            wait_for(lambda: gateway.probe("/readyz")[0] == 503, "unready")
            self.assertLess(found, limit(5))
            self.assertLess(held, limit(8))  # 5 s and a margin
            self.assertLess(max(seconds for _, seconds, _ in senders.times), limit(2.5))
            heal()
            failed = senders.failed()
            back = seconds_until(lambda: senders.times[-1][2] == 200, "200 again")
            ready = back + seconds_until(lambda: worker.ready()[0] == 200, "the worker to be ready")
            senders.wait_acked(10)
        measured(f"{what}: noticed by gateway, by worker", f"{found:.2f} s, {held:.2f} s")
        measured(f"{what}: network back to first 200, to worker ready", f"{back:.2f} s, {ready:.2f} s")
        self.assertEqual(senders.odd, [])
        self.assertGreater(failed, 0)
        self.wait_drained()
        rows = set(self.sql("select event_id from webhook_events where state = 'processed'").split("\n"))
        self.assertEqual(senders.acked - rows, set())
        self.assertEqual(self.count("activities"), len(rows))

    def test_proxy_swallows_one_direction(self):
        proxy = self.behind()
        gateway, worker = self.gateway(proxy.port, "--threads", "1"), self.worker_behind(proxy)
        for direction in ("up", "down"):
            with self.subTest(direction=direction):

                def vanish():
                    proxy.watch(lambda _, way, data: b"" if way == direction else data)
                    return proxy.heal

                self.expect_both_notice_and_return(gateway, worker, vanish, f"half-open, {direction}")
                self.redis.command("FLUSHALL")
                self.sql("truncate webhook_events, activities cascade")


class OwnNetwork(HalfOpen):
    """The same by the kernel: no packet arrives, no RST."""

    test_proxy_swallows_one_direction = None

    @classmethod
    def setUpClass(cls):
        cls.namespace = netns.Namespace()
        why = cls.namespace.open()
        if why:
            raise unittest.SkipTest(why)
        super().setUpClass()

    @classmethod
    def tearDownClass(cls):
        super().tearDownClass()
        cls.namespace.close()

    def test_dropped_packets(self):
        gateway, worker = self.gateway(self.redis.port, "--threads", "1"), self.worker()
        worker.wait_ready()
        self.expect_both_notice_and_return(gateway, worker, lambda: netns.drop(self.redis.port), "packets dropped")

    def slow_network(self, what):
        gateway = self.gateway(self.redis.port, "--threads", "1")
        self.worker(redis_timeout="5s")
        with Senders(gateway, 4, pause=0.02) as senders:
            senders.wait_acked(100, deadline=120)
        times = sorted(seconds for _, seconds, status in senders.times if status == 200)
        measured(
            what,
            f"{len(times)} answers 200, {senders.failed()} answers 503, "
            f"p50 {times[len(times) // 2] * 1000:.0f} ms, p99 {times[int(len(times) * 0.99)] * 1000:.0f} ms",
        )
        return senders

    def test_one_packet_in_ten_is_lost(self):
        end = netns.drop(self.redis.port, "-m", "statistic", "--mode", "random", "--probability", "0.1")
        senders = self.slow_network("one packet in ten lost")
        end()
        self.expect_all(senders)

    def test_one_megabit_a_second(self):
        netns.run("ip", "link", "set", "lo", "mtu", "1500")
        netns.run(
            "tc", "qdisc", "add", "dev", "lo", "root", "tbf", "rate", "1mbit", "burst", "10kb", "latency", "400ms"
        )
        try:
            senders = self.slow_network("1 Mbit/s")
        finally:
            netns.run("tc", "qdisc", "del", "dev", "lo", "root")
        self.expect_all(senders)

    def expect_all(self, senders):
        self.wait_drained()
        rows = set(self.sql("select event_id from webhook_events where state = 'processed'").split("\n"))
        self.assertEqual(senders.acked - rows, set())
        self.assertEqual(self.count("activities"), len(rows))
        self.assertEqual(set(senders.answers.values()) - {200, 503}, set())


del WorkerTest, NetworkTest  # the base classes have no tests
