# SPDX-License-Identifier: Apache-2.0
"""docs/operations.md lists every option of gateway and worker with the default that --help tells."""
import os
import pathlib
import re
import subprocess
import unittest

PAGE = (pathlib.Path(__file__).resolve().parents[2] / "docs/operations.md").read_text()
BIN = os.environ["TRUNKLINE_BIN"]


def told_by_help(program):
    text = subprocess.run([os.path.join(BIN, program), "--help"], capture_output=True, text=True, check=True).stdout
    return {(name, default or "—") for name, default in
            re.findall(r"^  (--[a-z-]+) [A-Za-z|]+(?:=(\S+))?\s", text, re.M) if name != "--config"}


def told_by_page(program):
    section = PAGE.split(f"### {program}\n")[1].split("\n### ")[0]
    return {(name, default.strip("`")) for name, default in re.findall(r"^\| `(--[a-z-]+)` \| (\S+) \|", section, re.M)}


class Operations(unittest.TestCase):
    def test_options_and_defaults(self):
        for program in ("trunkline-gateway", "trunkline-worker"):
            told = told_by_help(program)
            self.assertGreater(len(told), 20)
            self.assertEqual(told, told_by_page(program), program)


if __name__ == "__main__":
    unittest.main()
