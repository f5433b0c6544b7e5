# SPDX-License-Identifier: Apache-2.0
"""The golden files of the command line: what the programs print for fixed arguments, without any server.

help/<command>.txt holds the --help of each command, output/<name>.txt the output of some other invocations.
"""
import os
import re
import subprocess
from concurrent.futures import ThreadPoolExecutor

HERE = os.path.dirname(os.path.abspath(__file__))
PROGRAMS = ("trunkline", "trunkline-gateway", "trunkline-worker")
# Name of the file -> command line. Each one ends before it would connect to anything.
OUTPUT = {
    **{f"version-{program}": (program, "--version") for program in PROGRAMS},
    **{f"unknown-option-{program}": (program, "--no-such-option") for program in PROGRAMS},
    "unknown-command": ("trunkline", "no-such-command"),
    "unknown-subcommand": ("trunkline", "events", "no-such-command"),
    "missing-argument": ("trunkline", "events", "show"),
    "value-out-of-range": ("trunkline-gateway", "--check-config", "--max-in-flight", "0"),
    "value-of-wrong-type": ("trunkline-worker", "--check-config", "--batch", "many"),
    "contradicting-options": ("trunkline", "pause", "--reason", "x", "--for", "1h", "--resume-at", "2099-01-01"),
}
VERSION = re.compile(r"\b\d+\.\d+\.\d+\S*")


def run(binaries, command):
    """Returns the exit code and the two streams of a command as one text."""
    environment = {name: os.environ[name] for name in ("PATH", "HOME", "LANG", "ASAN_OPTIONS") if name in os.environ}
    done = subprocess.run(
        [os.path.join(binaries, command[0]), *command[1:]],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        env=environment,
        cwd="/",
        timeout=60,
        check=False,
    )
    return done.returncode, done.stdout, done.stderr


def help_of(binaries, command):
    code, out, err = run(binaries, (*command, "--help"))
    if code or err:
        raise RuntimeError(f"{' '.join(command)} --help: exit code {code}: {err}")
    return out


def subcommands(text):
    """The names below "Subcommands:" in a --help."""
    listed = text.partition("\nSubcommands:\n")[2].partition("\n\n")[0]
    return re.findall(r"^  ([a-z][a-z-]*) {2,}\S", listed, re.M)


def commands(binaries):
    """Yields (command, --help) of each program, group and command."""
    waiting = [(program,) for program in PROGRAMS]
    with ThreadPoolExecutor(4) as pool:
        while waiting:
            texts = list(pool.map(lambda command: help_of(binaries, command), waiting))
            yield from zip(waiting, texts)
            waiting = [(*command, word) for command, text in zip(waiting, texts) for word in subcommands(text)]


def output(binaries, command):
    code, out, err = run(binaries, command)
    if command[-1] == "--version":
        out = VERSION.sub("VERSION", out)
    parts = [f"$ {' '.join(command)}\n", f"exit code {code}\n"]
    parts += [f"--- {name}\n{text}" for name, text in (("stdout", out), ("stderr", err)) if text]
    return "".join(parts)


def expected():
    """{path below this folder: content} of the committed files."""
    found = {}
    for folder in ("help", "output"):
        path = os.path.join(HERE, folder)
        for name in os.listdir(path) if os.path.isdir(path) else ():
            with open(os.path.join(path, name), encoding="utf-8") as file:
                found[f"{folder}/{name}"] = file.read()
    return found


def actual(binaries):
    """{path below this folder: content} of what the programs in the folder print."""
    found = {f"help/{'-'.join(command)}.txt": text for command, text in commands(binaries)}
    for name, command in OUTPUT.items():
        found[f"output/{name}.txt"] = output(binaries, command)
    return found


def update(binaries):
    """Writes the files that differ, removes those without a command. Returns their paths."""
    before, after = expected(), actual(binaries)
    changed = sorted(path for path in before.keys() | after.keys() if before.get(path) != after.get(path))
    for path in changed:
        place = os.path.join(HERE, path)
        if path not in after:
            os.unlink(place)
            continue
        os.makedirs(os.path.dirname(place), exist_ok=True)
        with open(place, "w", encoding="utf-8") as file:
            file.write(after[path])
    return changed
