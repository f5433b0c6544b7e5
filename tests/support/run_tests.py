#!/usr/bin/python3 -B
# SPDX-License-Identifier: Apache-2.0
"""Usage: tests/support/run_tests.py FILE [unittest argument...]

Runs one file of tests, by ctest or by hand, and writes the result of each test to $TRUNKLINE_RESULTS/<kind>-<name>.json
for tests/catalogue: {"Class.test": {"result", "seconds", "note"}}. The file can import every module of the folders in
FOLDERS. TRUNKLINE_BIN is the folder of the programs, build/debug/bin by default.
"""
import importlib.util
import json
import os
import runpy
import signal
import sys
import time
import unittest

TESTS = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
FOLDERS = ("support", "support/power", "e2e", "property", "bench", "docs", "golden")


class Result(unittest.TextTestResult):
    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.outcomes = {}

    def startTest(self, test):
        super().startTest(test)
        self.began = time.monotonic()

    def stopTest(self, test):
        super().stopTest(test)
        self.outcomes.setdefault(self.name(test), {"result": "passed", "note": ""})["seconds"] = round(
            time.monotonic() - self.began, 2
        )

    @staticmethod
    def name(test):
        return ".".join(test.id().split(".")[-2:])

    def record(self, test, result, note=""):
        self.outcomes[self.name(test)] = {"result": result, "note": note, "seconds": 0}

    def addFailure(self, test, err):
        super().addFailure(test, err)
        self.record(test, "failed", str(err[1])[:300])

    def addError(self, test, err):
        super().addError(test, err)
        self.record(test, "failed", str(err[1])[:300])

    def addSubTest(self, test, subtest, err):
        super().addSubTest(test, subtest, err)
        if err is not None:
            self.record(test, "failed", str(err[1])[:300])

    def addSkip(self, test, reason):
        super().addSkip(test, reason)
        self.record(test, "skipped", reason)


def plain(path, name):
    """Runs a file that is one test with its own main()."""
    began, code = time.monotonic(), 0
    sys.argv = sys.argv[1:]
    try:
        runpy.run_path(path, run_name="__main__")
    except SystemExit as end:
        code = end.code or 0
    finally:
        write(
            name,
            {
                "main": {
                    "result": "failed" if code or sys.exc_info()[0] else "passed",
                    "note": "",
                    "seconds": round(time.monotonic() - began, 2),
                }
            },
        )
    sys.exit(code)


def spread(outcomes, module):
    """Copies the result of a whole class or file (for example a skip in setUpClass) to each of its tests."""
    for suite in unittest.defaultTestLoader.loadTestsFromModule(module):
        for test in suite:
            kind = type(test)
            whole = outcomes.get(
                f"setUpClass ({kind.__module__}.{kind.__qualname__})", outcomes.get(f"setUpModule ({kind.__module__})")
            )
            if whole:
                outcomes.setdefault(Result.name(test), whole)
    return outcomes


def forget_the_caller():
    """Removes the caller's settings from the environment of programs and psql; those that the tests read stay."""
    ours = {
        "TRUNKLINE_" + word for word in ("BIN", "RESULTS", "SEED", "SOAK", "SOAK_MINUTES", "SUITES", "UPDATE_GOLDEN")
    }
    foreign = ("TRUNKLINE_", "OPENPHONE_", "PG", "REDIS_URL", "DATABASE_URL", "SIGNING_KEY")
    for name in list(os.environ):
        if name.startswith(foreign) and name not in ours:
            del os.environ[name]


def write(name, outcomes):
    folder = os.environ.get("TRUNKLINE_RESULTS")
    if folder:
        os.makedirs(folder, exist_ok=True)
        with open(os.path.join(folder, name + ".json"), "w", encoding="utf-8") as file:
            json.dump(outcomes, file, indent=1)


def main():
    forget_the_caller()
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # servers are stopped on SIGTERM as well
    os.environ.setdefault("TRUNKLINE_BIN", os.path.join(os.path.dirname(TESTS), "build", "debug", "bin"))
    path = os.path.abspath(sys.argv[1])
    kind, name = os.path.basename(os.path.dirname(path)), os.path.basename(path)[len("test_") : -len(".py")]
    sys.path[:0] = [os.path.dirname(path), *(os.path.join(TESTS, folder) for folder in FOLDERS)]
    spec = importlib.util.spec_from_file_location(f"test_{name}", path)
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    if not any(isinstance(x, type) and issubclass(x, unittest.TestCase) for x in vars(module).values()):
        plain(path, f"{kind}-{name}")
    runner = unittest.TextTestRunner(resultclass=Result, verbosity=2)
    program = unittest.main(module=module, argv=sys.argv[1:], testRunner=runner, exit=False)
    if len(sys.argv) == 2:  # only a complete run is recorded
        write(f"{kind}-{name}", spread(program.result.outcomes, module))
    ok = program.result.wasSuccessful() and program.result.testsRun + len(program.result.skipped) > 0
    sys.exit(0 if ok else 1)


if __name__ == "__main__":
    main()
