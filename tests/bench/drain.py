# SPDX-License-Identifier: Apache-2.0
"""How fast one worker takes a full stream into PostgreSQL."""
import os
import signal
import socket
import subprocess
import tempfile
import time

import bodies
from contenders import STREAM
from servers import Postgres, wait_for

CHUNK = 500


def _xadd(number, body):
    parts = [b"XADD", STREAM.encode(), b"*", b"d", b"%026d" % number, b"t", b"%d" % (time.time() * 1000),
             b"s", b"standard", b"k", b"0", b"w", b"msg_%028d" % number, b"b", body]
    return b"*%d\r\n" % len(parts) + b"".join(b"$%d\r\n%s\r\n" % (len(p), p) for p in parts)


def fill(redis, count):
    """count entries, as a gateway writes them."""
    with socket.create_connection(("127.0.0.1", redis.port), timeout=30) as connection:
        answers = connection.makefile("rb")
        commands = [_xadd(number, body) for number, body in enumerate(bodies.mixed(count))]
        for start in range(0, count, CHUNK):
            chunk = commands[start:start + CHUNK]
            connection.sendall(b"".join(chunk))
            for _ in chunk:
                if not answers.readline().startswith(b"$"):
                    raise RuntimeError("an XADD was refused")
                answers.readline()


def measure(redis, programs, count):
    """Seconds from the start of the process until the stream is empty; every event must have its row."""
    postgres = Postgres()
    try:
        subprocess.run([f"{programs}/trunkline", "migrate", "--postgres", postgres.url], check=True,
                       stdout=subprocess.DEVNULL)
        fill(redis, count)
        with tempfile.TemporaryFile() as output:
            start = time.monotonic()
            worker = subprocess.Popen([f"{programs}/trunkline-worker", "--redis", redis.url, "--postgres",
                                       postgres.url, "--ops-listen", "127.0.0.1:0", "--own-number",
                                       bodies.OWN_NUMBER], stdin=subprocess.DEVNULL, stdout=output, stderr=output)
            try:
                wait_for(lambda: worker.poll() is not None or redis.command("XLEN", STREAM) == 0,
                         "the worker to empty the stream", deadline=120)
                seconds = time.monotonic() - start
            finally:
                _stop(worker, output)
        rows = postgres.psql("select state, count(*) from webhook_events group by 1 order by 1")
        if rows != f"processed|{count}":
            raise RuntimeError(f"of {count} events: {rows}")
        return {"events": count, "seconds": seconds, "per_second": count / seconds}
    finally:
        postgres.close()


def _stop(worker, output):
    if worker.poll() is not None:
        output.seek(0)
        raise RuntimeError("trunkline-worker ended: " + output.read()[-2000:].decode("utf-8", "replace"))
    worker.send_signal(signal.SIGTERM)
    try:
        worker.wait(20)
    except subprocess.TimeoutExpired:
        worker.kill()
        worker.wait()
