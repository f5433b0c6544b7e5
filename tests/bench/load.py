# SPDX-License-Identifier: Apache-2.0
"""Puts load on a contender: wrk measures the rate, our paced client the latency."""
import json
import os
import subprocess

import bodies
import processes

HERE = os.path.dirname(os.path.abspath(__file__))
WRK_THREADS = 2


def full(contender, servers, requests, seconds, connections):
    """A closed loop without pauses. Every response must be 2xx and every delivery must be stored."""
    stored_before = contender.stored(servers)
    before = processes.cpu_seconds(contender.process.pid), processes.cpu_seconds(servers.redis.process.pid)
    busy = processes.CoresBusy()
    done = subprocess.run(
        [
            "wrk",
            f"-t{WRK_THREADS}",
            f"-c{connections}",
            f"-d{seconds}s",
            "--timeout",
            "10s",
            "-s",
            HERE + "/load.lua",
            f"http://127.0.0.1:{contender.port}{bodies.PATH}",
            "--",
            requests,
            str(WRK_THREADS),
        ],
        capture_output=True,
        text=True,
        timeout=seconds + 60,
    )
    cores_busy = busy.so_far()
    if done.returncode:
        raise RuntimeError("wrk: " + done.stderr)
    after = processes.cpu_seconds(contender.process.pid), processes.cpu_seconds(servers.redis.process.pid)
    result = json.loads(done.stdout.splitlines()[-1])
    if result["not_2xx"] or result["socket_errors"] or result["timeouts"] or not result["answers"]:
        raise RuntimeError(f"{contender.name}: not every answer was 2xx: {result}")
    check_stored(contender, servers, result["answers"], stored_before, connections)
    result["per_second"] = result["answers"] / result["seconds"]
    result["cpu_us"] = (after[0] - before[0]) / result["answers"] * 1e6
    result["cores_busy"] = cores_busy
    result["redis_cpu_us"] = (after[1] - before[1]) / result["answers"] * 1e6
    return result


def round_of(contender, servers, requests, options):
    """Runs a round on emptied servers. A failed round is reported and repeated once: a pause of the machine that
    exceeds a server's deadline does not measure speed."""
    for last in (False, True):
        servers.forget()
        try:
            return full(contender, servers, requests, options.seconds, options.connections) | {
                "failed_before": int(last)
            }
        except RuntimeError as problem:
            if last:
                raise
            print(f"  again: {problem}", flush=True)


def check_stored(contender, servers, answers, before, connections):
    """A delivery under way when the load stops is stored without a counted response."""
    after = contender.stored(servers)
    if after is not None and not answers <= after - before <= answers + connections:
        raise RuntimeError(f"{contender.name}: {answers} acknowledged, {after - before} stored")


def paced(programs, port, requests, rate, seconds, connections):
    """An open loop at a fixed rate; latency counts from the scheduled time."""
    done = subprocess.run(
        [f"{programs}/bench-pacer", str(port), str(connections), str(rate), str(seconds), requests],
        capture_output=True,
        text=True,
        timeout=seconds + 60,
    )
    if done.returncode:
        raise RuntimeError(done.stderr)
    result = json.loads(done.stdout)
    if result["not_200"]:
        raise RuntimeError(f"not every answer was 200: {result}")
    return result
