# SPDX-License-Identifier: Apache-2.0
"""The page says what the run found, and its charts can be drawn."""
import json
import os
import re
import subprocess
import sys
import tempfile
import unittest
import xml.etree.ElementTree

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))
sys.path[:0] = [HERE, os.path.join(os.path.dirname(HERE), "support")]
import charts  # noqa: E402
import targets  # noqa: E402

FIGURES = os.path.join(ROOT, "docs", "performance", "figures.json")
PAGE = ("# Page\n\n<!-- figures: memory -->\nold\n<!-- end of figures -->\nours\n\n<!-- figures: targets -->\n"
        "<!-- end of figures -->\n\n<!-- figures: scale -->\n<!-- end of figures -->\n")
FOUND = {"machine": {}, "options": {"rounds": 2}, "parts": {"memory": {"took_s": 9, "rounds": {
    "gateway": [{"memory_mib": 20.04, "without_connections_mib": 9}, {"memory_mib": 22, "without_connections_mib": 9}],
    "worker": [{"memory_mib": 47}]}}}, "targets": targets.judge({"memory-gateway": [20.04, 22]}, set())}


def report(*args):
    return subprocess.run([os.path.join(HERE, "report"), *args], capture_output=True, text=True, timeout=60)


class Report(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.page, self.json = folder.name + "/page.md", folder.name + "/figures.json"
        with open(self.page, "w", encoding="utf-8") as file:
            file.write(PAGE)
        with open(self.json, "w", encoding="utf-8") as file:
            json.dump(FOUND, file)

    def text(self):
        with open(self.page, encoding="utf-8") as file:
            return file.read()

    def test_figures_go_between_their_markers(self):
        self.assertEqual(report(self.json, "--page", self.page).returncode, 0)
        text = self.text()
        self.assertIn("| gateway, 1,000 connections | 21.0 (20.0-22.0) |", text)
        self.assertIn("| gateway with 1,000 connections | ≤ 24 MiB | **21.02 MiB** | 20.04-22.00 | met |", text)
        self.assertIn("<!-- figures: scale -->\n\n_Not measured yet._\n\n<!-- end of figures -->", text)
        self.assertNotIn("old", text)
        self.assertIn("\nours\n", text)

    def test_a_changed_figure_is_found(self):
        report(self.json, "--page", self.page)
        self.assertEqual(report(self.json, "--page", self.page, "--check").returncode, 0)
        mistyped = self.text().replace("21.02", "12.02")
        with open(self.page, "w", encoding="utf-8") as file:
            file.write(mistyped)
        done = report(self.json, "--page", self.page, "--check")
        self.assertEqual(done.returncode, 1)
        self.assertIn("does not say", done.stderr)

    def test_docs_performance_says_what_was_measured(self):
        done = report(FIGURES, "--check")
        self.assertEqual(done.returncode, 0, done.stderr)

    def test_a_page_without_a_place_for_a_figure(self):
        with open(self.page, "w", encoding="utf-8") as file:
            file.write(PAGE.replace("figures: memory", "figures: e2e"))
        done = report(self.json, "--page", self.page)
        self.assertEqual(done.returncode, 1)
        self.assertIn("no place for memory", done.stderr)

    def test_usage(self):
        self.assertEqual(report().returncode, 64)
        self.assertEqual(report("/nowhere", "--page", self.page).returncode, 1)


class Charts(unittest.TestCase):
    def drawn(self, bars):
        return xml.etree.ElementTree.fromstring(charts.svg('A & "B"', "ms", bars))

    def test_longest_first_and_ours_marked(self):
        picture = self.drawn([("nginx <1>", 5), ("trunkline x1", 20), ("none", 0)])
        rects = [each for each in picture if each.tag.endswith("rect")]
        lengths = [float(each.get("width")) for each in rects]
        self.assertEqual(lengths, sorted(lengths, reverse=True))
        self.assertEqual([each.get("class") for each in rects], ["ours", None, None])
        self.assertAlmostEqual(lengths[1] / lengths[0], 0.25, places=2)

    def test_text_names_the_unit_and_each_figure(self):
        text = " ".join(self.drawn([("a", 1234.4), ("b", 2.5)]).itertext())
        for wanted in ("ms, median", "1,234", "2.50"):
            self.assertRegex(text, re.escape(wanted))

    def test_nothing_leaves_the_picture(self):
        picture = self.drawn([(f"bar {i}", 10.0 ** i) for i in range(9)])
        for each in picture:
            if each.tag.endswith("rect"):
                self.assertLessEqual(float(each.get("x")) + float(each.get("width")), charts.WIDTH - charts.RIGHT)


if __name__ == "__main__":
    unittest.main()
