# SPDX-License-Identifier: Apache-2.0
"""The pages contain the figures of the run, and charts are drawn."""
import json
import os
import re
import subprocess
import tempfile
import unittest
import xml.etree.ElementTree

import charts
import targets

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))

FIGURES = os.path.join(ROOT, "docs", "performance", "figures.json")
PAGES = {
    "performance.md": "# Page\n\n<!-- figures: targets -->\nold\n<!-- end of figures -->\nkept\n\n"
    "<!-- figures: machine -->\n<!-- end of figures -->\n",
    "benchmarks/notes.md": "<!-- figures: walls -->\n<!-- end of figures -->\n",
}
MACHINE = {
    "cpu": "fast",
    "cores": 2,
    "memory_mib": 2048,
    "kernel": "6",
    "redis": "7",
    "postgres": "15",
    "node": "20",
    "commit": "abc",
}
FOUND = {
    "machine": MACHINE,
    "options": {"rounds": 2, "seconds": 5},
    "parts": {
        "memory": {
            "took_s": 9,
            "rounds": {
                "gateway": [
                    {"memory_mib": 20.04, "without_connections_mib": 9},
                    {"memory_mib": 22, "without_connections_mib": 9},
                ],
                "worker": [{"memory_mib": 47}],
            },
        }
    },
    "targets": targets.judge({"memory-gateway": [20.04, 22]}, set()),
}


def report(*args):
    return subprocess.run([os.path.join(HERE, "report"), *args], capture_output=True, text=True, timeout=60)


class Report(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.docs, self.json = folder.name, folder.name + "/figures.json"
        os.mkdir(self.docs + "/benchmarks")
        for name, text in PAGES.items():
            self.write(name, text)
        self.write("figures.json", json.dumps(FOUND))

    def write(self, name, text):
        with open(os.path.join(self.docs, name), "w", encoding="utf-8") as file:
            file.write(text)

    def text(self, name):
        with open(os.path.join(self.docs, name), encoding="utf-8") as file:
            return file.read()

    def test_results_are_a_page_of_their_own(self):
        self.assertEqual(report(self.json, "--docs", self.docs).returncode, 0)
        text = self.text("benchmarks/results.md")
        self.assertIn("| gateway, 1,000 connections | 21.0 (20.0-22.0) |", text)
        self.assertRegex(text, r"## Scale\n\n.*\n\n_Not measured._\n")
        self.assertIn("![Maximum resident memory](../performance/memory.svg)", text)
        self.assertIn("gateway, 1,000 connections", self.text("performance/memory.svg"))

    def test_figures_go_between_their_markers(self):
        report(self.json, "--docs", self.docs)
        text = self.text("performance.md")
        self.assertIn("| gateway with 1,000 connections | ≤ 24 MiB | **21.02 MiB** | 20.04-22.00 | met |", text)
        self.assertIn("| processor | fast, 2 cores |", text)
        self.assertNotIn("old", text)
        self.assertIn("\nkept\n", text)
        self.assertIn("No target is missed.", self.text("benchmarks/notes.md"))

    def test_a_changed_figure_is_found(self):
        report(self.json, "--docs", self.docs)
        for name, before, after in (
            ("performance.md", "21.02", "12.02"),
            ("benchmarks/results.md", "21.0", "12.0"),
            ("performance/memory.svg", "21.0", "12.0"),
        ):
            with self.subTest(name):
                self.assertEqual(report(self.json, "--docs", self.docs, "--check").returncode, 0)
                correct = self.text(name)
                self.write(name, correct.replace(before, after))
                done = report(self.json, "--docs", self.docs, "--check")
                self.assertEqual(done.returncode, 1)
                self.assertIn(f"{name} does not match", done.stderr)
                self.write(name, correct)

    def test_the_documentation_matches_the_figures(self):
        done = report(FIGURES, "--check")
        self.assertEqual(done.returncode, 0, done.stderr)

    def test_a_page_without_a_place_for_a_figure(self):
        self.write("performance.md", PAGES["performance.md"].replace("figures: machine", "figures: targets"))
        done = report(self.json, "--docs", self.docs)
        self.assertEqual(done.returncode, 1)
        self.assertIn("no place for machine", done.stderr)

    def test_usage(self):
        self.assertEqual(report().returncode, 64)
        self.assertEqual(report("/nowhere", "--docs", self.docs).returncode, 1)


class Charts(unittest.TestCase):
    def drawn(self, bars):
        return xml.etree.ElementTree.fromstring(charts.svg('A & "B"', "ms", bars))

    def test_the_longest_bar_is_first_and_ours_are_marked(self):
        picture = self.drawn([("nginx <1>", 5), ("trunkline x1", 20), ("none", 0)])
        rects = [each for each in picture if each.tag.endswith("rect")]
        lengths = [float(each.get("width")) for each in rects]
        self.assertEqual(lengths, sorted(lengths, reverse=True))
        self.assertEqual([each.get("class") for each in rects], ["ours", None, None])
        self.assertAlmostEqual(lengths[1] / lengths[0], 0.25, places=2)

    def test_the_text_names_the_unit_and_each_figure(self):
        text = " ".join(self.drawn([("a", 1234.4), ("b", 2.5)]).itertext())
        for wanted in ("ms, median", "1,234", "2.50"):
            self.assertRegex(text, re.escape(wanted))

    def test_bars_stay_inside_the_picture(self):
        picture = self.drawn([(f"bar {i}", 10.0**i) for i in range(9)])
        for each in picture:
            if each.tag.endswith("rect"):
                self.assertLessEqual(float(each.get("x")) + float(each.get("width")), charts.WIDTH - charts.RIGHT)
