# SPDX-License-Identifier: Apache-2.0
"""deploy/prometheus: promtool accepts the rules, they fire when they should, each has a runbook that exists, and they
use only metrics that the programs export (test_metrics.py compares docs/metrics.md with those)."""
import os
import re
import subprocess
import unittest

ROOT = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..")
FOLDER = os.path.join(ROOT, "deploy", "prometheus")


def read(*path):
    with open(os.path.join(ROOT, *path), encoding="utf-8") as file:
        return file.read()


def anchors_in_order(text):
    """Returns the anchors that GitHub derives from headings."""
    return [re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-") for title in re.findall(r"^#+ (.+)$", text, re.M)]


def promtool(*words):
    return subprocess.run(["promtool", *words], cwd=FOLDER, capture_output=True, text=True, timeout=60)


class Alerts(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.rules = read("deploy", "prometheus", "alerts.yml")
        cls.alerts = re.findall(r"^      - alert: (\w+)$", cls.rules, re.M)

    def test_promtool_accepts_them(self):
        for words in (("check", "rules", "alerts.yml"), ("check", "config", "prometheus.yml")):
            done = promtool(*words)
            self.assertEqual(done.returncode, 0, done.stdout + done.stderr)

    def test_they_fire_when_they_should(self):
        done = promtool("test", "rules", "alerts_test.yml")
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        cases = read("deploy", "prometheus", "alerts_test.yml")
        for alert in self.alerts:
            expected = re.findall(rf"alertname: {alert}\n +exp_alerts:(.*)", cases)
            self.assertEqual(expected, [" []", "", " []"], f"{alert}: quiet after a moment's trouble, firing, over")

    def test_each_says_what_to_do(self):
        self.assertGreater(len(self.alerts), 10)
        page = read("docs", "runbook.md")
        sections = dict(zip(anchors_in_order(page), re.split(r"^#+ .+$", page, flags=re.M)[1:]))
        blocks = self.rules.split("      - alert: ")[1:]
        for alert, block in zip(self.alerts, blocks):
            with self.subTest(alert):
                for field in ("summary", "description", "runbook"):
                    self.assertRegex(block, rf"\n          {field}: \S")
                self.assertEqual(re.search(r"runbook: docs/runbook.md#(\S+)", block)[1], alert.lower())
                parts = re.findall(r"^\*\*(\w+)\.\*\* ", sections[alert.lower()], re.M)
                self.assertEqual(parts, ["Meaning", "Check", "Fix"])

    def test_their_metrics_are_exported(self):
        exported = dict(
            re.findall(r"^\| `([a-z_]+)` \| (counter|gauge|histogram) \|", read("docs", "metrics.md"), re.M)
        )
        used = set(re.findall(r"\b(?:trunkline|process)_[a-z_]+", "".join(re.findall(r"expr: .*", self.rules))))
        self.assertGreater(len(used), 8)
        for name in used:
            base = re.sub("_(bucket|sum|count)$", "", name)
            self.assertTrue(name in exported or exported.get(base) == "histogram", name)
