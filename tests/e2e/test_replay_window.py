# SPDX-License-Identifier: Apache-2.0
"""A captured delivery sent again: a hundred times at once, and when the clock has advanced (gateway under
faketime)."""
import hashlib
import os
import threading

from gateway_harness import Gateway, sign_hex, sign_legacy, sign_standard
from worker_harness import STREAM, Worker, WorkerTest, message, wait_for

LIBRARY = "/usr/lib/x86_64-linux-gnu/faketime/libfaketime.so.1"
STATE = (
    "select md5(string_agg(t::text, '' order by t::text)) from (select openphone_id, body, status_r, created_at "
    "from activities union all select phone, '', '', created_at from contacts) t"
)


def faked(offset):
    """Returns the environment of a program whose wall clock has that offset; its timers do not."""
    return {"LD_PRELOAD": LIBRARY, "FAKETIME": offset, "FAKETIME_DONT_FAKE_MONOTONIC": "1"}


class Replay(WorkerTest):
    def setUp(self):
        super().setUp()
        self.gateways = []

    def tearDown(self):
        for gateway in self.gateways:
            gateway.stop()
        super().tearDown()

    def gateway(self, offset=None):
        self.gateways.append(Gateway(self.redis.url_of("gateway"), env=faked(offset) if offset else None))
        return self.gateways[-1]

    def drained(self):
        return self.redis.command("XLEN", STREAM) == 0

    def test_the_same_delivery_a_hundred_times_at_once(self):  # A7
        self.workers.append(Worker(self.redis, self.postgres))
        gateway, body = self.gateway(), message(1).encode()
        headers, statuses = sign_standard(body, delivery="msg_same"), []
        threads = [
            threading.Thread(target=lambda: statuses.append(gateway.post(body, headers=headers).status))
            for _ in range(100)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        self.assertEqual(statuses, [200] * 100)
        wait_for(lambda: self.drained() and self.sql("select count(*) from webhook_events") == "1", "one event row")
        self.assertEqual(self.sql("select count(*) from activities"), "1")
        self.assertEqual(self.sql("select state, attempts from webhook_events"), "processed|0")
        self.assertEqual(self.sql("select count(*), count(distinct entry_id) from event_copies"), "99|99")

    def test_when_the_clock_has_moved_on(self):  # A8
        if not os.path.exists(LIBRARY):
            self.skipTest("needs the package faketime")
        body, later = message(2).encode(), message(3, text="newer").encode()
        worker = Worker(self.redis, self.postgres)
        self.workers.append(worker)
        with_time = {"standard": sign_standard(body), "legacy": sign_legacy(body)}
        now = self.gateway()
        self.assertEqual(now.post(body, headers=sign_hex(body)).status, 200)
        for headers in with_time.values():
            self.assertEqual(now.post(body, headers=headers).status, 200)
        self.assertEqual(now.post(later, headers=sign_hex(later)).status, 200)
        wait_for(lambda: self.drained() and self.sql("select count(*) from activities") == "2", "the first effects")
        before, rows = self.sql(STATE), self.sql("select count(*) from webhook_events")

        # Beyond each window; that of the legacy scheme is three days, because of the provider's retries.
        soon = self.gateway("+1h")
        self.assertEqual(soon.post(body, headers=with_time["standard"]).status, 403)
        self.assertEqual(soon.post(body, headers=with_time["legacy"]).status, 200)
        after = self.gateway("+100d")
        for headers in with_time.values():
            self.assertEqual(after.post(body, headers=headers).status, 403)
        # When its row is pruned, a scheme without a timestamp accepts the old delivery again: the tables do not
        # change.
        wait_for(self.drained, "the copies")
        key = hashlib.sha256(b"\0" + body).hexdigest()
        self.sql(f"delete from webhook_events where event_key = '\\x{key}'")
        self.assertEqual(after.post(body, headers=sign_hex(body)).status, 200)
        wait_for(
            lambda: self.sql(f"select count(*) from webhook_events where event_key = '\\x{key}'") == "1",
            "the replayed event",
        )
        self.assertEqual(self.sql("select count(*) from webhook_events"), rows)
        self.assertEqual(self.sql(STATE), before)
