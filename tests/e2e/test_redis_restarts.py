# SPDX-License-Identifier: Apache-2.0
"""Another Redis is promoted, or the same one restarts from its file, or with another clock."""
import os
import time

from gateway_harness import restart
from proxy import Proxy
from redis_states import StateTest
from worker_harness import BIN, STREAM, Redis, wait_for

ADMIN = ("--masteruser", "trunkline-admin", "--masterauth", "admin-password")


class Promotion(StateTest):
    def test_replica_promoted_and_the_old_primary_becomes_a_replica(self):
        replica = Redis(*ADMIN)
        self.addCleanup(replica.close)
        replica.command("REPLICAOF", "127.0.0.1", self.redis.port)
        wait_for(lambda: "master_link_status:up" in replica.command("INFO", "replication"), "the replica to follow")
        for setting, value in (("masteruser", ADMIN[1]), ("masterauth", ADMIN[3])):
            self.redis.command("CONFIG", "SET", setting, value)
        proxy = Proxy(self.redis.port)  # the name under which both are found
        self.addCleanup(proxy.close)
        self.begin(port=proxy.port)
        self.redis.command("CLIENT", "PAUSE", 3000, "WRITE")  # a planned switch: what is acknowledged is on both
        wait_for(lambda: self.redis.command("WAIT", 1, 100) == 1, "the replica to have all")
        replica.command("REPLICAOF", "NO", "ONE")
        self.redis.command("REPLICAOF", "127.0.0.1", replica.port)
        self.redis.command("CLIENT", "UNPAUSE")
        self.expect_unready("readonly", "not_connected")
        self.the_worker.wait_blocked("READONLY")
        proxy.target_port = replica.port
        proxy.cut()
        old, type(self).redis, self.redis = self.redis, replica, replica
        self.addCleanup(old.close)
        self.expect_return("replica promoted")
        self.finish()


class Restarted(StateTest):
    def last_id(self):
        flat = self.redis.command("XINFO", "STREAM", STREAM)
        return [int(part) for part in dict(zip(flat[::2], flat[1::2]))["last-generated-id"].split("-")]

    def test_pending_entries_survive_a_restart(self):
        """Also with a default user without permissions: Redis loads its own file as that user."""
        self.redis.command("XGROUP", "CREATE", STREAM, "workers", "0", "MKSTREAM")
        self.add_messages(range(40))
        self.redis.command("XREADGROUP", "GROUP", "workers", "crashed", "COUNT", 30, "STREAMS", STREAM, ">")
        self.redis.command("XREADGROUP", "GROUP", "workers", "other", "COUNT", 10, "STREAMS", STREAM, ">")
        before = [row[:2] + row[3:] for row in self.redis.command("XPENDING", STREAM, "workers", "-", "+", 100)]
        self.redis.kill()
        restart(self.redis)
        after = [row[:2] + row[3:] for row in self.redis.command("XPENDING", STREAM, "workers", "-", "+", 100)]
        self.assertEqual((len(after), after), (40, before))

    def test_clock_an_hour_back_and_forth(self):
        library = os.path.join(BIN, "test-clock.so")
        self.assertTrue(os.path.exists(library), "build the target test-clock")
        self.begin()
        for seconds in (-3600, 0, 3600, 0):
            last = self.last_id()
            self.redis.kill()
            self.redis.environment = {"LD_PRELOAD": library, "CLOCK_OFFSET": str(seconds)}
            restart(self.redis)
            self.assertAlmostEqual(int(self.redis.command("TIME")[0]), time.time() + seconds, delta=60)
            self.expect_return(f"clock of Redis {seconds} s off")
            self.assertGreater(self.last_id(), last)
            self.senders.wait_acked(20)
        self.finish()
        self.assertEqual(self.process_info(self.the_worker).get("lost", "0"), "0")


del StateTest  # the base class has no tests
