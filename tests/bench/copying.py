# SPDX-License-Identifier: Apache-2.0
"""The physical limit of a worker: the rows that it wrote, copied into the same empty tables, with all indexes."""
import subprocess
import time

import processes

TABLES = [
    "webhook_events",
    "activities",
    "conversations",
    "contacts",
    "contact_cards",
    "conversation_links",
    "own_numbers",
    "recordings",
    "event_copies",
]
SHARED = TABLES[:2]  # large tables: every connection copies its share


def _columns(postgres, table):
    return postgres.psql(
        "select string_agg(quote_ident(column_name), ', ' order by ordinal_position) from "
        f"information_schema.columns where table_name = '{table}' and is_generated = 'NEVER'"
    )


def keep(postgres, connections):
    """Writes the tables' rows to files of the server; returns the COPY commands of each connection."""
    scripts = [[] for _ in range(connections)]
    for table in TABLES:
        columns = _columns(postgres, table)
        shares = connections if table in SHARED else 1
        for share in range(shares):
            path = f"{postgres.folder}/{table}.{share}"
            where = f"where id % {shares} = {share} order by id" if shares > 1 else ""
            postgres.psql(f"copy (select {columns} from {table} {where}) to '{path}'")
            scripts[share].append(f"copy {table} ({columns}) from '{path}'")
    return scripts


def measure(servers, scripts, events):
    """Copies the rows of this number of events into empty tables; durable when it returns."""
    servers.forget()
    postgres = servers.postgres
    start, busy = time.monotonic(), processes.CoresBusy()
    cpu = processes.cpu_seconds(postgres.process.pid)
    running = [
        subprocess.Popen(
            [
                "psql",
                "-X",
                "-q",
                "-v",
                "ON_ERROR_STOP=1",
                "-h",
                "127.0.0.1",
                "-p",
                str(postgres.port),
                "-U",
                "trunkline",
                "-d",
                "trunkline",
                "-c",
                ";".join(script),
            ],
            stdin=subprocess.DEVNULL,
        )
        for script in scripts
    ]
    try:
        if any(each.wait(600) for each in running):
            raise RuntimeError("COPY failed")
    finally:
        for each in running:
            if each.poll() is None:
                each.kill()
                each.wait()
    seconds = time.monotonic() - start
    return {
        "events": events,
        "seconds": seconds,
        "per_second": events / seconds,
        "cores_busy": busy.so_far(),
        "postgres_cpu_us": (processes.cpu_seconds(postgres.process.pid) - cpu) / events * 1e6,
    }
