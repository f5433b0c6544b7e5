# SPDX-License-Identifier: Apache-2.0
"""Power loss of Redis: every delivery answered 200 is there afterwards. With weaker settings it is not, which proves
that the test can fail."""
import os
import random
import unittest

from gateway_harness import Gateway, restart, wait_for
from power import Power, library
from redis_harness import Senders, measured, names
from seeds import seeds
from servers import Redis


class PowerCase(unittest.TestCase):
    def setUp(self):
        self.assertTrue(os.path.exists(library()), "build the target test-unsynced")

    def start(self, *gateway_options, slow=0, redis_options=()):
        """Returns redis and gateway; the server is restarted with the library."""
        self.redis = Redis(*redis_options)
        self.addCleanup(self.redis.close)
        self.redis.kill()
        self.power = Power(self.redis.folder, slow)
        self.addCleanup(self.power.close)
        self.redis.environment = self.power.environment
        self.redis.start()
        self.gateway = Gateway(
            self.redis.url_of("gateway"), "--threads", "1", "--redis-deadline", "3s", *gateway_options, log_level="info"
        )
        self.addCleanup(self.gateway.stop)

    def lose_power(self, senders, torn=None):
        """Returns (deliveries acknowledged until then, bytes lost)."""
        failed = senders.failed()
        lost = self.power.loss(self.redis.process, torn)
        # A response may still be under way: each sender has received another one before the check.
        wait_for(lambda: senders.failed() >= failed + 2 * len(senders.threads), "the gateway to notice")
        acked = senders.acked
        restart(self.redis)
        return acked, lost


class Always(PowerCase):
    def test_nothing_acked_is_lost(self):  # I1
        acked_in_all, bytes_lost = 0, 0
        self.start()
        with Senders(self.gateway, 6) as senders:
            for seed in seeds():
                with self.subTest(seed=seed):
                    rng = random.Random(seed)
                    for _ in range(3):
                        senders.wait_acked(rng.randrange(20, 300))
                        acked, lost = self.lose_power(senders)
                        bytes_lost += lost
                        self.assertEqual(acked - set(names(self.redis)), set(), f"seed {seed}")
                        acked_in_all = len(acked)
        measured(
            "power losses, appendfsync always", f"{acked_in_all} acked, 0 lost, {bytes_lost} unsynced bytes dropped"
        )

    def test_a_torn_tail_is_truncated_and_contains_nothing_acknowledged(self):
        """Each fsync takes 40 ms, so a write is always under way at the loss."""
        self.start(slow=40)
        loads = 0
        with Senders(self.gateway, 6) as senders:
            for seed in seeds():
                with self.subTest(seed=seed):
                    rng, tails = random.Random(seed), []

                    def torn(lost):
                        cut = rng.randrange(1, len(lost) - 1)
                        cut += lost[cut - 2 : cut + 1] == b"\r\n*"  # between two commands no write is torn
                        tails.append((len(lost), cut))
                        return cut

                    senders.wait_acked(rng.randrange(20, 60))
                    for _ in range(20):  # until there are bytes that no fsync covers
                        acked, _ = self.lose_power(senders, torn)
                        self.assertEqual(acked - set(names(self.redis)), set(), f"seed {seed}, torn at {tails}")
                        if tails:
                            break
                        senders.wait_acked(1)
                    self.assertTrue(tails, f"seed {seed}: no loss found a write under way")
                    with open(self.redis.folder + "/log", encoding="utf-8") as log:
                        cut_off = log.read().count("loaded anyway because aof-load-truncated")
                    self.assertGreater(cut_off, loads, f"seed {seed}, torn at {tails}")
                    loads = cut_off
                    senders.wait_acked(20)


class Control(PowerCase):
    def test_everysec_loses_what_was_acked(self):
        """The same loss with the gateway set to accept any durability: the guarantee does not hold."""
        self.start("--durability", "redis", redis_options=("--appendfsync", "everysec"))
        with Senders(self.gateway, 4) as senders:
            senders.wait_acked(300)
            acked, lost = self.lose_power(senders)
        missing = acked - set(names(self.redis))
        self.assertGreater(len(missing), 0)
        self.assertGreater(lost, 0)
        measured("power loss, appendfsync everysec (control run)", f"{len(acked)} acked, {len(missing)} lost")
