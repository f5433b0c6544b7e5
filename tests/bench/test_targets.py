# SPDX-License-Identifier: Apache-2.0
"""The conditions under which tests/bench/run fails, and its output."""
import contextlib
import importlib
import io
import os
import runpy
import signal
import sys
import tempfile
import types
import unittest
from unittest import mock

import figures
import processes
import progress
import targets

HERE = os.path.dirname(os.path.abspath(__file__))


def run():
    return runpy.run_path(os.path.join(HERE, "run"), run_name="run")


def run_with(measured, walls=()):
    """Returns exit code and output of tests/bench/run with one part that measures this."""
    part = types.SimpleNamespace(
        PACKAGES=[],
        seconds=lambda _: 1,
        tables=lambda *_: [],
        charts=lambda _: [],
        run=measured if callable(measured) else lambda _: {"measured": measured},
    )
    names = run()
    said = io.StringIO()
    with tempfile.TemporaryDirectory() as folder, contextlib.ExitStack() as stack:
        for what in (
            mock.patch.object(
                sys, "argv", ["run", "memory", "--bin", folder, "--json", folder + "/json", "--charts", folder]
            ),
            mock.patch.object(importlib, "import_module", lambda _: part),
            mock.patch.object(targets, "walls", lambda: set(walls)),
            mock.patch.object(signal, "signal"),
            contextlib.redirect_stdout(said),
            contextlib.redirect_stderr(said),
        ):
            stack.enter_context(what)
        try:
            names["main"]()
        except SystemExit as end:
            return end.code, said.getvalue()
    raise AssertionError("it did not exit")


class Judge(unittest.TestCase):
    def result(self, name, values, named=()):
        return [line["result"] for line in targets.judge({name: values}, set(named))]

    def test_at_least(self):
        self.assertEqual(self.result("gateway-nginx-1", [2.5]), ["met"])
        self.assertEqual(self.result("gateway-nginx-1", [2.49]), ["MISSED"])

    def test_at_most(self):
        self.assertEqual(self.result("memory-gateway", [24]), ["met"])
        self.assertEqual(self.result("memory-gateway", [24.1]), ["MISSED"])

    def test_the_median_counts(self):
        self.assertEqual(self.result("gateway-nginx-1", [1, 2.6, 9]), ["met"])
        self.assertEqual(self.result("gateway-nginx-1", [1, 2.4, 9]), ["MISSED"])

    def test_a_named_wall_excuses_its_own_target_only(self):
        self.assertEqual(self.result("gateway-nginx-1", [1], ["gateway-nginx-1"]), ["wall"])
        self.assertEqual(self.result("gateway-nginx-1", [1], ["gateway-nginx-2"]), ["MISSED"])
        self.assertEqual(self.result("gateway-nginx-1", [3], ["gateway-nginx-1"]), ["met"])

    def test_walls_are_read_from_the_page(self):
        with tempfile.NamedTemporaryFile("w", suffix=".md") as page:
            page.write("## Walls\n\n### wall: worker-copy\n\ntext, wall: scale-workers.\n")
            page.flush()
            self.assertEqual(targets.walls(page.name), {"worker-copy", "scale-workers"})
        self.assertEqual(targets.walls("/nowhere"), set())

    def test_the_page_names_walls_of_known_targets_only(self):
        self.assertLessEqual(targets.walls(), {target.id for target in targets.TARGETS})

    def test_every_part_but_the_profile_has_a_target(self):
        self.assertEqual({name for name in run()["PARTS"] if name != "statements"}, set(targets.PARTS))


class ExitCode(unittest.TestCase):
    MET = {"memory-gateway": [20], "memory-worker": [30]}
    MISSED = {"memory-gateway": [20], "memory-worker": [60]}

    def test_all_met(self):
        self.assertEqual(run_with(self.MET)[0], 0)

    def test_a_missed_target(self):
        code, said = run_with(self.MISSED)
        self.assertEqual(code, 1)
        self.assertRegex(said, r"memory-worker .*60\.00 MiB .*MISSED")

    def test_a_missed_target_with_its_wall(self):
        self.assertEqual(run_with(self.MISSED, ["memory-worker"])[0], 0)
        self.assertEqual(run_with(self.MISSED, ["memory-gateway"])[0], 1)

    def test_a_target_that_was_not_measured(self):
        code, said = run_with({"memory-gateway": [20]}, ["memory-worker"])
        self.assertEqual(code, 1)
        self.assertIn("no figures for memory-worker", said)

    def test_a_part_that_fails(self):
        def fail(_):
            raise RuntimeError("no server")

        code, said = run_with(fail)
        self.assertEqual(code, 1)
        self.assertIn("memory could not be measured: RuntimeError: no server", said)

    def test_wrong_usage(self):
        for wrong in (["nothing"], ["all", "--rounds", "0"]):
            with mock.patch.object(sys, "argv", ["run", *wrong]), contextlib.redirect_stderr(io.StringIO()):
                with self.assertRaises(SystemExit) as end:
                    run()["parse"]()
            self.assertEqual(end.exception.code, 64)


class Instructions(unittest.TestCase):
    def judge(self, found, known):
        judge = runpy.run_path(os.path.join(HERE, "instructions", "check"), run_name="check")["judge"]
        return [(passed, line) for line, passed in judge({"gateway": found}, known)]

    def test_bounds(self):
        for found, passed in ((1050, True), (1051, False), (1000, True), (900, True)):
            self.assertIs(self.judge(found, {"gateway": 1000})[0][0], passed, found)

    def test_a_gain_is_reported(self):
        self.assertIn("commit the new figure", self.judge(900, {"gateway": 1000})[0][1])
        self.assertNotIn("commit the new figure", self.judge(960, {"gateway": 1000})[0][1])

    def test_a_figure_without_a_bound_fails(self):
        self.assertIs(self.judge(900, {})[0][0], False)


class Processes(unittest.TestCase):
    def test_none_remains(self):
        started = [processes.start(["sleep", "300"], None), processes.start(["sleep", "300"], None)]
        processes.end_all()
        self.assertEqual([each.poll() for each in started], [-signal.SIGTERM] * 2)


class Figures(unittest.TestCase):
    def test_ratios_are_taken_round_by_round(self):
        ours, theirs = [{"x": 10}, {"x": 30}, {"x": 20}], [{"x": 5}, {"x": 10}, {"x": 20}]
        self.assertEqual(figures.ratio(ours, theirs, "x"), [2, 3, 1])

    def test_spread(self):
        self.assertEqual(figures.spread([3000, 1000, 2000]), "2,000 (1,000-3,000)")

    def test_remaining_time(self):
        self.assertEqual(progress.to_go(0, 0, 600), "about 10 min to go")
        self.assertEqual(progress.to_go(600, 300, 600), "about 10 min to go")  # half as fast as planned
        self.assertEqual(progress.to_go(590, 590, 600), "less than a minute to go")
