# SPDX-License-Identifier: Apache-2.0
"""A provider that records every response: sends deliveries at a rate over new and persistent connections, and repeats those
that were not answered 200, and sometimes those that were."""
import collections
import contextlib
import heapq
import itertools
import random
import socket
import threading
import time

import signed_deliveries

TIMEOUT = 3.0
FINAL = "gave up"


class DeliveryClient:
    def __init__(self, port, seed, rate, threads=6, fresh=0.3, again=0.1, give_up=0.1, source=None, timeout=TIMEOUT):
        """port: a number, or a function that returns the current one. fresh: share of requests on a new connection;
        again: share of deliveries answered 200 that are sent once more; give_up: share of failed ones that are not
        sent again."""
        self.port_now = port if callable(port) else lambda: port
        self.seed, self.rate, self.fresh, self.again, self.give_up = seed, rate, fresh, again, give_up
        self.timeout = timeout
        self.source = source or signed_deliveries.deliveries(seed)
        self.lock, self.sent, self.later = threading.Lock(), [], []
        self.next_due, self.order = time.monotonic(), itertools.count()
        self.acks, self.answers, self.odd = [], collections.Counter(), []
        self.failed_fresh = collections.Counter()  # errors of new connections
        self.feeding, self.unfinished = True, 0
        self.threads = [threading.Thread(target=self._work, args=(n,), daemon=True) for n in range(threads)]
        for thread in self.threads:
            thread.start()

    # Results.

    @property
    def acked(self):
        return {d.key: d for d in list(self.sent) if d.acked}

    def first_ack_after(self, moment):
        """Returns the seconds from that time.time() until the next response 200, or None."""
        return next((at - moment for at in self.acks if at >= moment), None)

    def finish(self, deadline=90):
        """Sends no more new deliveries; returns True once each was answered 200 or given up, False at the deadline."""
        self.feeding = False
        end = time.monotonic() + deadline
        for thread in self.threads:
            thread.join(max(0, end - time.monotonic()))
        return not any(thread.is_alive() for thread in self.threads)

    def summary(self):
        return (
            f"{len(self.sent)} events, {sum(self.answers.values())} deliveries, {len(self.acked)} acknowledged, "
            + ", ".join(f"{n} {what}" for what, n in sorted(self.answers.items(), key=str))
        )

    # Sending threads.

    def _work(self, number):
        rng, connection = random.Random(f"{self.seed}-{number}"), None
        while (task := self._next()) is not None:
            delivery, repeat = task
            if connection and rng.random() < self.fresh:
                connection.close()
                connection = None
            status, connection = self._send(connection, delivery)
            self._note(rng, delivery, status, repeat)
        if connection:
            connection.close()

    def _next(self):
        """Returns (delivery, whether it was answered 200 before), at its time; None at the end."""
        while True:
            with self.lock:
                now = time.monotonic()
                if self.later and self.later[0][0] <= now:
                    _, _, delivery, repeat = heapq.heappop(self.later)
                    self.unfinished += 1
                    return delivery, repeat
                if self.feeding and self.next_due <= now:
                    self.next_due = max(self.next_due, now - 0.5) + 1 / self.rate
                    delivery = next(self.source)
                    self.sent.append(delivery)
                    self.unfinished += 1
                    return delivery, False
                if not self.feeding and not self.later and not self.unfinished:
                    return None
                wait = min(
                    [at - now for at in ([self.next_due] if self.feeding else [])]
                    + [0.05]
                    + [item[0] - now for item in self.later[:1]]
                )
            time.sleep(max(wait, 0.001))

    def _send(self, connection, delivery):
        fresh = connection is None
        try:
            if connection is None:
                connection = socket.create_connection(("127.0.0.1", self.port_now()), timeout=self.timeout)
                connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            connection.sendall(delivery.request())
            status, keep = answer_of(connection)
        except OSError as error:
            status, keep = type(error).__name__, False
            if fresh:
                with self.lock:
                    self.failed_fresh[status] += 1
        if not keep and connection:
            with contextlib.suppress(OSError):
                connection.close()
            connection = None
        return status, connection

    def _note(self, rng, delivery, status, repeat):
        with self.lock:
            now = time.time()
            delivery.answers.append((now, status))
            self.answers[status] += 1
            self.unfinished -= 1
            if status == 200:
                self.acks.append(now)
                if not repeat and rng.random() < self.again:
                    self._again(delivery, rng.uniform(0, 0.8), True)
                else:
                    delivery.body = b""  # saves memory: the soak sends for half an hour
                return
            if isinstance(status, int) and status not in (408, 503):
                self.odd.append((delivery.body[:200], status))
            if not repeat and rng.random() >= self.give_up:
                self._again(delivery, rng.uniform(0.1, 0.6), False)
            else:
                delivery.answers.append((now, FINAL))
                delivery.body = b""

    def _again(self, delivery, delay, repeat):
        heapq.heappush(self.later, (time.monotonic() + delay, next(self.order), delivery, repeat))


def answer_of(connection):
    """Returns (status, whether the connection stays open)."""
    data = b""
    while b"\r\n\r\n" not in data:
        got = connection.recv(4096)
        if not got:
            raise ConnectionError("closed")
        data += got
    head, body = data.split(b"\r\n\r\n", 1)
    head = head.lower()
    length = int(head.split(b"content-length:", 1)[1].split(b"\r\n", 1)[0]) if b"content-length:" in head else 0
    while len(body) < length:
        got = connection.recv(4096)
        if not got:
            raise ConnectionError("closed")
        body += got
    return int(head[9:12]), b"connection: close" not in head
