# SPDX-License-Identifier: Apache-2.0
"""The Debian packages of the programs that are built."""
import glob
import os
import shutil
import subprocess

BUILD = os.path.dirname(os.path.abspath(os.environ["TRUNKLINE_BIN"]))


def make(folder, *versions):
    """folder/VERSION/*.deb of each."""
    for version in versions:
        done = subprocess.run(
            ["cpack", "-D", f"CPACK_PACKAGE_VERSION={version}", "-B", f"{folder}/{version}"], cwd=BUILD,
            stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=300)
        if done.returncode:
            raise AssertionError(done.stdout + done.stderr)
        for leftover in glob.glob(f"{folder}/{version}/_CPack_Packages"):
            shutil.rmtree(leftover)
