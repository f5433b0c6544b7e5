# SPDX-License-Identifier: Apache-2.0
"""Each point of the list of what a robust implementation must handle has a test that names it: `facts N` in its name
or next to it.

28 (download of recordings), 29 (management of webhooks at the provider) and 30 (reconciliation) are not built.
"""
import pathlib
import re
import unittest

TESTS = pathlib.Path(__file__).resolve().parents[1]
POINTS = set(range(1, 28)) | set(range(31, 35))
NAMED = (("*.cpp", r'TEST_CASE\(\s*"facts ([0-9, ]+)'), ("test_*.py", r"def test_\w+\(self\):  # facts ([0-9, ]+)"))


class Facts(unittest.TestCase):
    def test_every_point_is_named_by_a_test(self):
        found = set()
        for files, pattern in NAMED:
            for path in TESTS.rglob(files):
                for numbers in re.findall(pattern, path.read_text()):
                    found |= {int(number) for number in re.findall(r"\d+", numbers)}
        self.assertEqual(POINTS - found, set())
        self.assertEqual(found - POINTS, set())
