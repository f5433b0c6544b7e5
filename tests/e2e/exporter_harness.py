# SPDX-License-Identifier: Apache-2.0
"""Runs `trunkline exporter` for tests."""
import os
import re
import subprocess
import sys

import scrape
from servers import clean_environment

BIN = os.path.abspath(os.environ["TRUNKLINE_BIN"])


class Exporter:
    def __init__(self, redis_url, postgres_url, before=(), program=f"{BIN}/trunkline"):
        self.process = subprocess.Popen(
            [
                *before,
                program,
                "exporter",
                "--exporter-listen",
                "127.0.0.1:0",
                "--redis",
                redis_url,
                "--postgres",
                postgres_url,
            ],
            env=clean_environment(),
            stdin=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
        )
        line = self.process.stderr.readline()
        while "listen=" not in line:
            line = self.process.stderr.readline() or sys.exit("the exporter does not start")
        self.address = re.search(r"listen=\"?([0-9.:]+)", line)[1]

    def get(self, path):
        return scrape.get(self.address, path)

    def close(self):
        self.process.kill()
        self.process.wait()
        self.process.stderr.close()
