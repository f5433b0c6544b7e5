# SPDX-License-Identifier: Apache-2.0
"""Reads the time of receipt and of commit of each delivery; the latter from the worker's debug log, which is written
after COMMIT returned. PostgreSQL's own commit timestamps are taken before the sync to disk."""
import datetime
import json

import drain
from servers import wait_for


def wait_until_empty(servers, worker):
    def empty():
        worker.check()
        return drain.entries_left(servers) == 0

    wait_for(empty, "the worker to catch up", deadline=60)


def committed(path):
    """Returns {delivery id: unix ms}."""
    found = {}
    with open(path, encoding="utf-8") as log:
        for line in log:
            if '"msg":"outcome"' not in line:
                continue
            record = json.loads(line)
            at = datetime.datetime.fromisoformat(record["ts"].replace("Z", "+00:00"))
            found[record["delivery_id"]] = at.timestamp() * 1000
    return found


def batches(path):
    """Returns the sorted milliseconds of each batch from its first statement to the end of COMMIT."""
    found = []
    with open(path, encoding="utf-8") as log:
        for line in log:
            if '"msg":"committed"' in line:
                record = json.loads(line)
                if "entries" in record:
                    found.append(float(record["ms"]))
    return sorted(found)


def received(postgres):
    """Returns the same for the time at which the gateway had the whole request."""
    rows = postgres.psql("select delivery_id, (extract(epoch from received_at) * 1000)::bigint from webhook_events")
    return {name: int(at) for name, at in (row.split("|") for row in rows.splitlines())}


def percentiles(values):
    """values: sorted milliseconds."""

    def at(share):
        return values[min(int(share * len(values)), len(values) - 1)]

    return {"count": len(values), "p50_ms": at(0.5), "p99_ms": at(0.99), "max_ms": values[-1]}
