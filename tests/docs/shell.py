# SPDX-License-Identifier: Apache-2.0
"""A bash that keeps its variables from command to command, as a reader's terminal does."""
import os
import queue
import signal
import subprocess
import threading
import time


class Shell:
    MARK = "end-of-command-7c1d"

    def __init__(self, folder, variables, patience=30):
        """Settings of the caller's shell belong to another installation: none is passed on."""
        kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG", "TERM") if name in os.environ}
        self.patience = patience
        self.process = subprocess.Popen(
            ["bash", "--norc"],
            cwd=folder,
            env={**kept, **variables},
            text=True,
            bufsize=1,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            errors="replace",
            start_new_session=True,
        )
        self.lines = queue.Queue()
        threading.Thread(target=self._read, daemon=True).start()

    def _read(self):
        for line in self.process.stdout:
            self.lines.put(line.rstrip("\n"))
        self.lines.put(None)

    def run(self, command):
        """(exit code, lines printed). A command reads nothing from the terminal; code 124 if it takes too long."""
        self.process.stdin.write("{ " + command + "\n} </dev/null\n" f"printf '\\n%s %s\\n' {self.MARK} $?\n")
        printed, deadline = [], time.monotonic() + self.patience
        while True:
            try:
                line = self.lines.get(timeout=max(0, deadline - time.monotonic()))
            except queue.Empty:
                return 124, [*printed, f"(no end after {self.patience} s)"]
            if line is None:
                return 125, [*printed, "(the shell ended)"]
            if line.startswith(self.MARK):
                return int(line.split()[1]), printed[:-1] if printed and not printed[-1] else printed
            printed.append(line)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        try:
            os.killpg(self.process.pid, signal.SIGKILL)  # with whatever a block left in the background
        except ProcessLookupError:
            pass
        self.process.wait()
        self.process.stdin.close()
