# SPDX-License-Identifier: Apache-2.0
"""The statements of the worker as files: those of schema/queries, and those that the build generates."""
import glob
import os
import subprocess
import tempfile

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
SCHEMA = os.path.join(ROOT, "schema")


def _generate(folder):
    subprocess.run(
        [
            "cmake",
            f"-DSOURCE_DIR={SCHEMA}",
            f"-DOUTPUT_DIR={folder}",
            "-P",
            os.path.join(ROOT, "cmake", "activity_columns.cmake"),
        ],
        check=True,
    )


def texts():
    """{name: text} of all statements."""
    found = {}
    with tempfile.TemporaryDirectory(prefix="trunkline-queries-") as folder:
        _generate(folder)
        for path in glob.glob(os.path.join(SCHEMA, "queries", "*.sql")) + glob.glob(os.path.join(folder, "*.sql")):
            with open(path, encoding="utf-8") as file:
                found[os.path.basename(path)[: -len(".sql")]] = file.read()
    return found


def write(folder):
    """Writes NAME.sql for every statement into a folder."""
    for name, text in texts().items():
        with open(os.path.join(folder, name + ".sql"), "w", encoding="utf-8") as file:
            file.write(text)
