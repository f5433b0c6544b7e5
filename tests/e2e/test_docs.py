# SPDX-License-Identifier: Apache-2.0
"""The console blocks of README and docs print what the pages show, and the comparison itself can fail."""
import os
import subprocess
import unittest

import blocks
from shell import Shell

HERE = os.path.dirname(os.path.abspath(__file__))
DOCS = os.path.join(HERE, "..", "docs")


class Comparison(unittest.TestCase):
    def test_commands_of_a_page(self):
        found = blocks.parse("p", "```\n$ no\n```\n```console\n$ a \\\n  b   # exit 3\nout\n$ c\n```\n")
        self.assertEqual([(c.text, c.exit_code, c.expected) for c in found], [("a \\\n  b", 3, ["out"]), ("c", 0, [])])

    def test_rejects_what_is_no_block(self):
        for page in ("```console\nout\n```", "```console\n$ a\n"):
            with self.assertRaises(ValueError, msg=page):
                blocks.parse("p", page)

    def test_what_varies_is_not_compared(self):
        for expected, printed in (
            ("OK: 3 waiting, oldest 1.5 s", "OK: 1,200 waiting, oldest 20 s"),
            ("at 2026-01-02 03:04:05+00", "at  2027-11-12T13:14:15.123Z"),
            ("id WHd5f0a1c2e3b4", "id WHaaaa0000bbbb1111"),
            ("... waiting", "OK: 0 waiting"),
        ):
            self.assertEqual(blocks.matches([expected], [printed]), "", expected)

    def test_problems_are_printed(self):
        for expected, printed in (
            (["OK: 3 waiting"], ["ERROR: 3 waiting"]),
            (["a"], ["a", "b"]),
            (["a", "b"], ["a"]),
            (["a", "...", "c"], ["a", "b"]),
            (["a"], []),
        ):
            self.assertNotEqual(blocks.matches(expected, printed), "", expected)
        self.assertEqual(blocks.matches(["a", "...", "c"], ["a", "x", "c", "c"]), "")

    def test_a_shell_keeps_its_variables_and_ends_long_commands(self):
        with Shell(HERE, {}, patience=1) as shell:
            self.assertEqual(shell.run("A=1; echo x; false"), (1, ["x"]))
            self.assertEqual(shell.run("echo $A"), (0, ["1"]))
            self.assertEqual(shell.run("sleep 30")[0], 124)


class Pages(unittest.TestCase):
    def test_all_console_blocks(self):
        ended = subprocess.run(
            [os.path.join(DOCS, "run"), "--bin", os.environ["TRUNKLINE_BIN"]],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=600,
        )
        print(ended.stdout.splitlines()[-1] if ended.stdout else "")
        self.assertEqual(ended.returncode, 0, ended.stdout + ended.stderr)
