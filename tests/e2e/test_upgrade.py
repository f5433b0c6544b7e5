# SPDX-License-Identifier: Apache-2.0
"""A migration of the next release under load: workers of this release, one version behind, continue if the migration
permits it, and are blocked, with nothing lost or counted, if it declares them too old."""
import unittest

from checker import Checker
from cluster import Cluster
from delivery_client import DeliveryClient
from seeds import seeds
from servers import wait_for

RATE = 100
# Permitted changes of a migration: add. To columns, indexes and tables that every event uses.
NEXT = """
begin;
set local lock_timeout = '5s';
alter table webhook_events add column next_of_events text not null default 'unknown';
alter table activities add column next_of_activities text, add column next_number integer default 0;
create index next_index on activities (next_of_activities) where next_of_activities is not null;
create table next_table (id bigint generated always as identity primary key, activity_id text);
insert into schema_migrations (version, name, checksum, applied_at, compatible_from)
  select max(version) + 1, 'next', '', now(), {since} from schema_migrations;
commit;
"""
# Makes the tables comparable with those of an undisturbed run of this release.
BACK = """
alter table webhook_events drop column next_of_events;
alter table activities drop column next_of_activities, drop column next_number;
"""


class Upgrade(unittest.TestCase):
    def setUp(self):
        self.seed = seeds()[0]
        self.cluster = Cluster(workers=2, proxied=False)
        self.addCleanup(self.cluster.close)
        self.checker = Checker(self.cluster)
        self.checker.begin()
        self.client = DeliveryClient(lambda: self.cluster.client_port, self.seed, RATE, threads=3, give_up=0)
        wait_for(lambda: self.rows() > RATE // 2, "the first rows")

    def rows(self):
        return int(self.cluster.postgres.psql("select count(*) from webhook_events"))

    def nothing_lost_or_counted(self):
        self.assertTrue(self.client.finish(60), self.client.summary())
        self.checker.drain(60)
        self.assertEqual(
            self.cluster.postgres.psql("select count(*) from webhook_events where next_of_events <> 'unknown'"), "0"
        )
        self.cluster.postgres.psql(BACK)
        found = self.checker.problems({d.key for d in self.client.sent}, self.client.acked)
        self.assertEqual(found + self.client.odd, [], f"seed {self.seed}\n{self.cluster.tail()}")
        self.assertEqual(set(self.client.answers), {200}, f"seed {self.seed}")
        self.assertEqual(
            self.cluster.postgres.psql(
                "select count(*) from webhook_events where state <> 'dead' and attempts + claims > 0"
            ),
            "0",
        )

    def test_workers_of_the_previous_release_continue(self):
        self.cluster.postgres.psql(NEXT.format(since="min(compatible_from)"))
        before = self.rows()
        wait_for(lambda: self.rows() > before + RATE, "rows after the migration")
        self.nothing_lost_or_counted()

    def test_workers_that_are_too_old_are_blocked_until_replaced(self):
        self.cluster.postgres.psql(NEXT.format(since="max(version) + 1"))
        with open(self.cluster.log.name, encoding="utf-8", errors="replace") as log:
            wait_for(lambda: self.stands_still(), "the workers to hold")
            self.assertIn("schema", log.read())
        waiting = self.cluster.stream()[1]
        wait_for(lambda: self.cluster.stream()[1] > waiting + RATE // 2, "deliveries to wait")
        # Workers of the new schema; here, the same ones once the migration declares that they fit.
        self.cluster.postgres.psql("update schema_migrations set compatible_from = 1")
        for part in self.cluster.workers():
            self.cluster.end(part)
            self.cluster.start(part)
        self.nothing_lost_or_counted()

    def stands_still(self):
        """No row is added, though deliveries are accepted."""
        rows, sent = self.rows(), len(self.client.sent)
        wait_for(lambda: len(self.client.sent) > sent + RATE // 2, "more deliveries")
        return self.rows() == rows
