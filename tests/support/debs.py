# SPDX-License-Identifier: Apache-2.0
"""Builds the Debian packages of the programs in the build folder."""
import glob
import os
import shutil
import subprocess

BUILD = os.path.dirname(os.path.abspath(os.environ["TRUNKLINE_BIN"]))


def make(folder, *versions):
    """Makes folder/VERSION/*.deb of each version."""
    for version in versions:
        done = subprocess.run(
            ["cpack", "-D", f"CPACK_PACKAGE_VERSION={version}", "-B", f"{folder}/{version}"],
            cwd=BUILD,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=300,
        )
        if done.returncode:
            raise AssertionError(done.stdout + done.stderr)
        for leftover in glob.glob(f"{folder}/{version}/_CPack_Packages"):
            shutil.rmtree(leftover)
