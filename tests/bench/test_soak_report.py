# SPDX-License-Identifier: Apache-2.0
"""The page of the soak's results contains what the tests measured."""
import os
import subprocess
import tempfile
import unittest

HERE = os.path.dirname(os.path.abspath(__file__))
PROGRAM = os.path.join(os.path.dirname(HERE), "soak_report")
JUNIT = """<?xml version="1.0" encoding="UTF-8"?>
<testsuite name="Linux" tests="3" failures="0" time="120.4">
 <testcase name="e2e-soak" time="60" status="run"><system-out>ok
measured: soak: 30 min, 30 kills
measured: drained in: 2.50 s
measured: drained in: 1.5 s
</system-out></testcase>
 <testcase name="e2e-queue" time="1" status="run"><system-out>ok</system-out></testcase>
 <testcase name="e2e-other" time="1" status="fail"><system-out>measured: a|b: 7
</system-out></testcase>
</testsuite>
"""


def report(*args):
    return subprocess.run([PROGRAM, *args], capture_output=True, text=True, timeout=60)


class SoakReport(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = folder.name
        self.files = ("--json", self.folder + "/soak.json", "--page", self.folder + "/page.md")

    def collect(self, junit=JUNIT):
        with open(self.folder + "/ctest-1.xml", "w", encoding="utf-8") as file:
            file.write(junit)
        return report("--results", self.folder, *self.files)

    def page(self):
        with open(self.folder + "/page.md", encoding="utf-8") as file:
            return file.read()

    def test_measurements_of_a_run(self):
        self.assertEqual(self.collect().returncode, 0)
        page = self.page()
        self.assertIn(
            "## Steady load with a kill per minute\n\nCommand: `TRUNKLINE_SOAK=1 ctest --preset release -R e2e-soak`",
            page,
        )
        self.assertIn("| soak | 30 min, 30 kills |\n| drained in | 1.5 to 2.50 s |", page)
        self.assertIn("## e2e-other", page)
        self.assertIn("| a\\|b | 7 |", page)
        self.assertNotIn("e2e-queue", page)
        self.assertIn("| tests passed | 2 of 3 |\n| duration | 2 minutes |", page)

    def test_a_changed_page_is_found(self):
        self.collect()
        self.assertEqual(report("--check", *self.files).returncode, 0)
        text = self.page().replace("30 kills", "31 kills")
        with open(self.folder + "/page.md", "w", encoding="utf-8") as file:
            file.write(text)
        done = report("--check", *self.files)
        self.assertEqual(done.returncode, 1)
        self.assertIn("does not match", done.stderr)

    def test_nothing_to_collect(self):
        self.assertIn("no JUnit file", report("--results", self.folder, *self.files).stderr)
        done = self.collect("<testsuite/>")
        self.assertEqual(done.returncode, 1)
        self.assertIn("no measurements", done.stderr)

    def test_the_documentation_matches_the_measurements(self):
        done = report("--check")
        self.assertEqual(done.returncode, 0, done.stderr)

    def test_usage(self):
        self.assertEqual(report("--nothing").returncode, 64)
