# SPDX-License-Identifier: Apache-2.0
"""Runs PgBouncer in front of a test's PostgreSQL."""
import os
import shutil
import subprocess

from servers import _as_postgres, free_port, wait_for

PGBOUNCER = shutil.which("pgbouncer") or shutil.which("pgbouncer", path="/usr/sbin")


def pooled(test, mode, role="worker", database="trunkline", **more):
    """Returns a role's address through PgBouncer in this mode, which drops startup options. It ends with the test."""
    port = free_port()
    folder = test.postgres.folder
    settings = {
        "listen_addr": "127.0.0.1",
        "listen_port": port,
        "auth_type": "any",
        "pool_mode": mode,
        "unix_socket_dir": "",
        "ignore_startup_parameters": "extra_float_digits,options",
        "default_pool_size": 4,
        **more,
    }
    config = os.path.join(folder, f"{mode}-{database}.ini")
    with open(config, "w", encoding="utf-8") as file:
        file.write(
            f"[databases]\n{database} = host=127.0.0.1 port={test.postgres.port} user=trunkline_{role}\n"
            "[pgbouncer]\n" + "".join(f"{k} = {v}\n" for k, v in settings.items())
        )
    with open(os.path.join(folder, f"{mode}-{database}.log"), "wb") as log:
        bouncer = subprocess.Popen(_as_postgres([PGBOUNCER, config]), stdin=subprocess.DEVNULL, stdout=log, stderr=log)
    test.addCleanup(bouncer.wait, 10)
    test.addCleanup(bouncer.kill)
    url = test.postgres.url_of(role, port, database)
    wait_for(
        lambda: subprocess.run(["psql", "-X", url, "-c", "select 1"], capture_output=True, check=False).returncode == 0,
        "pgbouncer to answer",
    )
    return url
