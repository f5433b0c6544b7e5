# SPDX-License-Identifier: Apache-2.0
"""A part measured again together with parts of an earlier run: none of another machine or other options."""
import json
import os
import tempfile
import unittest

import earlier_runs


def found(commit, parts, cpu="one", rounds=5, part="all"):
    return {"machine": {"cpu": cpu, "commit": commit}, "options": {"rounds": rounds, "part": part}, "parts": parts}


class Kept(unittest.TestCase):
    before = found(
        "old",
        {
            "memory": {"measured": {"memory-gateway": [20]}},
            "worker": {"measured": {"worker-copy": [0.1]}},
            "e2e": {"measured": {"e2e-p99": [4]}, "commit": "older"},
        },
    )

    def test_the_other_parts_and_whose_they_are(self):
        parts, measured = earlier_runs.parts(self.before, found("new", {}, part="worker"), ["worker"])
        self.assertEqual({name: part["commit"] for name, part in parts.items()}, {"memory": "old", "e2e": "older"})
        self.assertEqual(measured, {"memory-gateway": [20], "e2e-p99": [4]})

    def test_another_machine_or_other_options(self):
        for other in (found("new", {}, cpu="two"), found("new", {}, rounds=1)):
            with self.assertRaises(SystemExit):
                earlier_runs.parts(self.before, other, ["worker"])

    def test_files(self):
        with tempfile.TemporaryDirectory() as folder:
            path = os.path.join(folder, "figures.json")
            self.assertEqual(earlier_runs.read(path), {})
            self.assertEqual(earlier_runs.parts({}, found("new", {}), ["worker"]), ({}, {}))
            with open(path, "w", encoding="utf-8") as file:
                json.dump(self.before, file)
            self.assertEqual(earlier_runs.read(path), self.before)
            with open(path, "a", encoding="utf-8") as file:
                file.write("}")
            with self.assertRaises(SystemExit):
                earlier_runs.read(path)
