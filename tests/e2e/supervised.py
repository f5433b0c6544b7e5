# SPDX-License-Identifier: Apache-2.0
"""Workers that a marked event crashes (tests/support/crash), restarted as by a supervisor."""
import os
import resource
import signal
import subprocess
import threading

from worker_harness import BIN, QUICK, clean_environment

MARKER = "takes-the-worker-down"


def without_core():
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


class Supervised:
    """Keeps count workers running. crashes: number of aborts; other_ends: exit codes of all other ends."""

    def __init__(self, redis, postgres, count, **options):
        settings = {**QUICK, **{k.replace("_", "-"): v for k, v in options.items()}}
        self.command = [
            os.path.join(BIN, "trunkline-worker"),
            "--redis",
            redis.url_of("worker"),
            "--postgres",
            postgres.url_of("worker"),
            "--ops-listen",
            "",
        ]
        for name, value in settings.items():
            self.command += ["--" + name, str(value)]
        # Only the statements that apply an event touch its facts: inserting a dead letter must still work.
        self.environment = {
            **clean_environment(),
            "LD_PRELOAD": os.path.join(BIN, "test-crash.so"),
            "TEST_CRASH_MARKER": MARKER,
            "TEST_CRASH_STATEMENT": "merge_activities",
            "ASAN_OPTIONS": "verify_asan_link_order=0",
        }
        self.crashes, self.other_ends, self.ended = 0, [], threading.Event()
        self.processes = [None] * count
        self.threads = [threading.Thread(target=self._keep, args=(i,), daemon=True) for i in range(count)]
        for thread in self.threads:
            thread.start()

    def _keep(self, place):
        while not self.ended.is_set():
            process = subprocess.Popen(
                self.command,
                env=self.environment,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                preexec_fn=without_core,
            )
            self.processes[place] = process
            while process.poll() is None and not self.ended.wait(0.02):
                pass
            if process.poll() is None:
                process.terminate()
                try:
                    process.wait(10)
                except subprocess.TimeoutExpired:
                    process.kill()
                    process.wait(10)
            elif process.returncode == -signal.SIGABRT:
                self.crashes += 1
            else:
                self.other_ends.append(process.returncode)

    def kill_all(self):
        """Kills all workers with SIGKILL; the supervisor restarts them."""
        for process in self.processes:
            if process and process.poll() is None:
                process.kill()

    def close(self):
        self.ended.set()
        for thread in self.threads:
            thread.join(25)
