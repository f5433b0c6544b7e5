# SPDX-License-Identifier: Apache-2.0
"""The environment of a benchmark: packages of Debian and npm, our programs, limits, and a description of the
machine."""
import os
import resource
import shutil
import subprocess
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))
PEERS = os.path.join(HERE, "peers")
NODE_FOLDERS = os.path.join(ROOT, "build", "bench-peers")
POLICY = "/usr/sbin/policy-rc.d"  # Debian's hook that decides whether a package may start its service
PYTHON = "/usr/bin/python3"  # has Debian's packages

LOAD = ["nginx", "libnginx-mod-http-lua", "lua-nginx-redis", "wrk"]
PROGRAMS = ["trunkline-gateway", "trunkline-worker", "trunkline"]
BENCH_PROGRAMS = ["bench-pacer", "bench-ceiling"]


def packages(*groups):
    """Returns packages of deploy/packages: for building the programs, for running them."""
    with open(os.path.join(ROOT, "deploy", "packages"), encoding="utf-8") as file:
        lines = [line.split() for line in file if not line.startswith("#")]
    return [line[1] for line in lines if line and line[0] in groups]


def install(packages):
    """Installs those that are missing. Node stays as installed."""
    wanted = list(packages)
    if "nodejs" in wanted and shutil.which("node") and shutil.which("npm"):
        wanted = [name for name in wanted if name not in ("nodejs", "npm")]
    installed = subprocess.run(
        ["dpkg-query", "-W", "-f", "${Package} ${db:Status-Status}\n", *wanted], capture_output=True, text=True
    ).stdout
    missing = [name for name in wanted if f"{name} installed\n" not in installed]
    if not missing:
        return
    print("installing", *missing, "(their services are not started)", flush=True)
    guard = (
        ""
        if os.path.exists(POLICY)
        else (f"trap 'rm -f {POLICY}' EXIT; printf '#!/bin/sh\\nexit 101\\n' > {POLICY}; chmod +x {POLICY};")
    )
    script = f"{guard} apt-get update -q && DEBIAN_FRONTEND=noninteractive apt-get install -qy {' '.join(missing)}"
    subprocess.run(([] if os.geteuid() == 0 else ["sudo"]) + ["sh", "-c", script], check=True)


def node_modules(peer):
    """Returns the folder of a peer's packages, installed from its lock file. Their install scripts do not run."""
    folder = os.path.join(NODE_FOLDERS, peer)
    wanted = os.path.join(PEERS, peer, "package-lock.json")
    have = os.path.join(folder, "package-lock.json")
    done = os.path.join(folder, "installed")
    with open(wanted, encoding="utf-8") as file:
        text = file.read()
    if os.path.exists(done):
        with open(have, encoding="utf-8") as file:
            if file.read() == text:
                return os.path.join(folder, "node_modules")
        os.remove(done)
    print("npm packages of", peer, flush=True)
    os.makedirs(folder, exist_ok=True)
    for name in ("package.json", "package-lock.json"):
        shutil.copy(os.path.join(PEERS, peer, name), folder)
    subprocess.run(
        ["npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel", "error"],
        cwd=folder,
        check=True,
        timeout=600,
    )
    with open(done, "w", encoding="utf-8"):
        pass
    return os.path.join(folder, "node_modules")


def build(targets):
    """Builds our programs with the release preset, if changed. Returns their folder."""
    print("building the release preset", flush=True)
    subprocess.run(["cmake", "--preset", "release"], cwd=ROOT, check=True, stdout=subprocess.DEVNULL)
    subprocess.run(
        ["cmake", "--build", "--preset", "release", "--target", *targets],
        cwd=ROOT,
        check=True,
        stdout=subprocess.DEVNULL,
    )
    return os.path.join(ROOT, "build", "release", "bin")


def allow_files(count=8192):
    """Raises the limit of open files of this process and its children."""
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    most = count if hard == resource.RLIM_INFINITY else min(count, hard)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, hard))


def _first_line(*command):
    try:
        return subprocess.run(command, capture_output=True, text=True, timeout=10).stdout.splitlines()[0]
    except (OSError, IndexError, subprocess.TimeoutExpired):
        return "not installed"


def describe():
    model = "unknown"
    with open("/proc/cpuinfo", encoding="utf-8") as file:
        for line in file:
            if line.startswith("model name"):
                model = line.split(":", 1)[1].strip()
                break
    with open("/proc/meminfo", encoding="utf-8") as file:
        memory = int(file.readline().split()[1]) // 1024
    disk = _first_line("findmnt", "-no", "FSTYPE,SOURCE", "-T", tempfile.gettempdir())
    return {
        "cpu": model,
        "cores": os.cpu_count(),
        "memory_mib": memory,
        "disk": disk,
        "kernel": os.uname().release,
        "commit": _first_line("git", "-C", ROOT, "describe", "--always", "--dirty"),
        "nginx": _first_line("sh", "-c", "nginx -v 2>&1"),
        "redis": _first_line("redis-server", "--version").split(" sha=")[0],
        "postgres": _first_line("psql", "--version"),
        "node": _first_line("node", "--version"),
        "wrk": _first_line("sh", "-c", "wrk -v 2>&1 | head -1"),
    }


def migrate(trunkline, url):
    """Creates the tables in a database, without libpq's variables."""
    subprocess.run(
        [trunkline, "migrate", "--postgres", url],
        check=True,
        stdout=subprocess.DEVNULL,
        env={name: value for name, value in os.environ.items() if not name.startswith("PG")},
    )
