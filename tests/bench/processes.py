# SPDX-License-Identifier: Apache-2.0
"""Measures CPU time and memory of processes and their children; starts and ends them."""
import atexit
import os
import signal
import subprocess
import time

TICK = os.sysconf("SC_CLK_TCK")
_running = []


def start(args, output, environment=None, **options):
    """output: the file for its output. It runs in a new session, so Ctrl-C does not reach it."""
    process = subprocess.Popen(
        args,
        env={**os.environ, **(environment or {})},
        stdout=output,
        stderr=output,
        start_new_session=True,
        **{"stdin": subprocess.DEVNULL, **options},
    )
    _running.append(process)
    return process


@atexit.register
def end_all():
    """Ends what a failure left behind."""
    while _running:
        end(_running.pop())


def family(pid):
    """Returns the process and all its descendants."""
    found = [pid]
    try:
        for thread in os.listdir(f"/proc/{pid}/task"):
            with open(f"/proc/{pid}/task/{thread}/children", encoding="ascii") as children:
                for child in children.read().split():
                    found += family(int(child))
    except FileNotFoundError:
        pass
    return found


def cpu_seconds(pid):
    """Returns the user and system time of a process and its descendants, including ended ones."""
    ticks = 0
    for each in family(pid):
        try:
            with open(f"/proc/{each}/stat", encoding="utf-8") as stat:
                fields = stat.read().rsplit(")", 1)[1].split()
        except FileNotFoundError:
            continue
        ticks += sum(map(int, fields[11:15]))
    return ticks / TICK


class CoresBusy:
    """Measures the cores that the whole machine has used since its creation: when all are busy, they are the limit."""

    def __init__(self):
        self.began = self._now()

    @staticmethod
    def _now():
        with open("/proc/stat", encoding="ascii") as stat:
            ticks = [int(field) for field in stat.readline().split()[1:9]]
        idle = ticks[3] + ticks[4] + ticks[7]  # idle, waiting for the disk, used by other virtual machines
        return sum(ticks) - idle, time.monotonic()

    def so_far(self):
        busy, now = self._now()
        return (busy - self.began[0]) / TICK / (now - self.began[1])


def memory_mib(pid):
    """Returns resident memory, current and peak."""
    values = {}
    with open(f"/proc/{pid}/status", encoding="utf-8") as status:
        for line in status:
            name, _, rest = line.partition(":")
            if name in ("VmRSS", "VmHWM"):
                values[name] = int(rest.split()[0]) / 1024
    return values["VmRSS"], values["VmHWM"]


def end(process, patience=20):
    if process.poll() is not None:
        return
    process.send_signal(signal.SIGTERM)
    try:
        process.wait(patience)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
