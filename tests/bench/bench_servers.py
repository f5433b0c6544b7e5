# SPDX-License-Identifier: Apache-2.0
"""The private servers of a benchmark, configured for deliveries that must not be lost: Redis with appendfsync always,
PostgreSQL with fsync and synchronous_commit."""
import contenders
from servers import Postgres, Redis, wait_for

TABLES = (
    "webhook_events, event_copies, activities, contacts, contact_cards, conversations, conversation_links, "
    "own_numbers, recordings"
)


class BenchServers:
    """programs: the folder of our programs. Without it there is no PostgreSQL. settings: of PostgreSQL."""

    def __init__(self, programs=None, **settings):
        self.redis = Redis("--auto-aof-rewrite-percentage", "0")
        self.postgres = None
        try:
            contenders.open_to_peers(self.redis)
            if programs:
                self.postgres = Postgres(
                    shared_buffers="256MB",
                    max_wal_size="4GB",
                    checkpoint_timeout="30min",
                    max_connections="200",
                    default_toast_compression="lz4",
                    **settings,
                )
                self.postgres.migrate(f"{programs}/trunkline")
        except BaseException:
            self.close()
            raise

    def forget(self):
        """Empties both servers and restarts the append-only file and the write-ahead log, so that rounds do not affect
        each other."""
        self.forget_queue()
        if self.postgres:
            self.postgres.psql(f"truncate {TABLES} restart identity")
            self.postgres.psql("checkpoint")

    def forget_queue(self):
        self.redis.command("FLUSHALL", "SYNC", timeout=120)
        self.rewrite()

    def rewrite(self):
        self.redis.command("BGREWRITEAOF")
        wait_for(self._rewritten, "the append-only file", deadline=300)

    def _rewritten(self):
        about = self.redis.command("INFO", "persistence")
        return "aof_rewrite_in_progress:0" in about and "aof_rewrite_scheduled:0" in about

    def close(self):
        if self.postgres:
            self.postgres.close()
        self.redis.close()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()
