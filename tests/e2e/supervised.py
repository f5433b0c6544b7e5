# SPDX-License-Identifier: Apache-2.0
"""Workers that a marked event takes down (tests/support/crash), started again as a supervisor would."""
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
    """count workers, always. crashes: times one aborted; other_ends: exit codes of all other ends."""

    def __init__(self, redis, postgres, count, **options):
        settings = {**QUICK, **{k.replace("_", "-"): v for k, v in options.items()}}
        self.command = [os.path.join(BIN, "trunkline-worker"), "--redis", redis.url_of("worker"), "--postgres",
                        postgres.url_of("worker"), "--ops-listen", ""]
        for name, value in settings.items():
            self.command += ["--" + name, str(value)]
        # Only what applies an event looks at its facts: burying one must still work.
        self.environment = {**clean_environment(), "LD_PRELOAD": os.path.join(BIN, "test-crash.so"),
                            "TEST_CRASH_MARKER": MARKER, "TEST_CRASH_STATEMENT": "merge_activities",
                            "ASAN_OPTIONS": "verify_asan_link_order=0"}
        self.crashes, self.other_ends, self.ended = 0, [], threading.Event()
        self.processes = [None] * count
        self.threads = [threading.Thread(target=self._keep, args=(i,), daemon=True) for i in range(count)]
        for thread in self.threads:
            thread.start()

    def _keep(self, place):
        while not self.ended.is_set():
            process = subprocess.Popen(self.command, env=self.environment, stdin=subprocess.DEVNULL,
                                       stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, preexec_fn=without_core)
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
        """SIGKILL, as an operator in a hurry or the kernel would; they come back."""
        for process in self.processes:
            if process and process.poll() is None:
                process.kill()

    def close(self):
        self.ended.set()
        for thread in self.threads:
            thread.join(25)
