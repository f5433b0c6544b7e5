# SPDX-License-Identifier: Apache-2.0
"""The cost of a commit: pgbench inserts one small row per transaction, at a fixed rate, with latency from the
scheduled time."""
import glob
import os
import subprocess
import tempfile

CLIENTS = 16


def measure(postgres, rate, seconds, warm_up):
    """Returns the sorted milliseconds of the transactions after the warm-up."""
    postgres.psql("create table if not exists bare (id bigint generated always as identity primary key, body text)")
    with tempfile.TemporaryDirectory(prefix="trunkline-bench-") as folder:
        with open(folder + "/one.sql", "w", encoding="utf-8") as script:
            script.write("insert into bare (body) values (repeat('x', 100));\n")
        subprocess.run(
            [
                f"{postgres.bin}/pgbench",
                "-n",
                "-M",
                "prepared",
                "-c",
                str(CLIENTS),
                "-j",
                "1",
                "-R",
                str(rate),
                "-T",
                str(seconds),
                "-l",
                "--log-prefix",
                folder + "/log",
                "-f",
                folder + "/one.sql",
                "-h",
                "127.0.0.1",
                "-p",
                str(postgres.port),
                "-U",
                "trunkline",
                "trunkline",
            ],
            check=True,
            capture_output=True,
            timeout=seconds + 60,
        )
        rows = []  # client, transaction, latency us (from its scheduled time), script, second, us, lag us
        for path in glob.glob(os.path.join(folder, "log.*")):
            with open(path, encoding="ascii") as log:
                rows += [(int(f[4]) + int(f[5]) / 1e6, int(f[2]) / 1000) for f in map(str.split, log)]
    postgres.psql("drop table bare")
    first = min(at for at, _ in rows) + warm_up
    return sorted(took for at, took in rows if at >= first)
