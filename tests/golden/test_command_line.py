# SPDX-License-Identifier: Apache-2.0
"""Compares the golden files with what the programs print. After an intended change: tests/golden/update."""
import difflib
import os
import unittest

import golden


class Golden(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.expected, cls.actual = golden.expected(), golden.actual(os.environ["TRUNKLINE_BIN"])

    def test_files(self):
        for path in sorted(self.expected.keys() | self.actual.keys()):
            before, after = self.expected.get(path, ""), self.actual.get(path, "")
            with self.subTest(path):
                if before != after:
                    self.fail(
                        "run tests/golden/update if this change is intended\n"
                        + "".join(
                            difflib.unified_diff(
                                before.splitlines(True), after.splitlines(True), f"tests/golden/{path}", "the program"
                            )
                        )
                    )

    def test_every_program_is_covered(self):
        for program in golden.PROGRAMS:
            self.assertIn(f"help/{program}.txt", self.actual)
        self.assertGreater(len(self.actual), 30)

    def test_usage_errors(self):
        for name, command in golden.OUTPUT.items():
            with self.subTest(name):
                self.assertIn(
                    golden.run(os.environ["TRUNKLINE_BIN"], command)[0],
                    (0,) if name.startswith("version") else (64, 78),
                )
