#!/usr/bin/python3 -B
# SPDX-License-Identifier: Apache-2.0
"""Runs a program under the limits of a systemd unit, without systemd: confined.py UNIT USER -- PROGRAM...

Applied are: User=, NoNewPrivileges=, CapabilityBoundingSet= (empty), SystemCallFilter= (as libseccomp rules, with the
groups as `systemd-analyze syscall-filter` lists them), MemoryDenyWriteExecute=, RestrictAddressFamilies=, UMask=,
LimitNOFILE=, LimitCORE=. Settings that need mounts and namespaces (ProtectSystem= and the like) are not. Needs root
and python3-seccomp.
"""
import os
import pwd
import resource
import subprocess
import sys

import seccomp

PROT_WRITE, PROT_EXEC = 2, 4
FAMILIES = {"AF_UNIX": 1, "AF_INET": 2, "AF_INET6": 10}


def settings(unit):
    """Returns the values by name; repeated settings as a list, in order."""
    found = {}
    with open(unit, encoding="utf-8") as file:
        for line in file:
            name, equals, value = line.strip().partition("=")
            if equals and not line.startswith("#"):
                found.setdefault(name, []).append(value)
    return found


def group(name):
    """Returns the system calls of a group such as @system-service, with nested groups expanded."""
    listed = subprocess.run(["systemd-analyze", "syscall-filter", name], capture_output=True, text=True, check=True)
    calls = set()
    for word in (line.strip() for line in listed.stdout.splitlines()[1:]):
        if word.startswith("@"):
            calls |= group(word)
        elif word and not word.startswith("#"):
            calls.add(word)
    return calls


def allowed(filters):
    calls = set()
    for words in filters:
        named = set().union(*(group(word) if word.startswith("@") else {word} for word in words.lstrip("~").split()))
        calls = calls - named if words.startswith("~") else calls | named
    # systemd always permits these: it needs them to start the program.
    return calls | {"execve", "exit", "exit_group", "rt_sigreturn", "brk", "mmap", "mprotect", "nanosleep"}


def rules(unit):
    filter_ = seccomp.SyscallFilter(seccomp.ERRNO(1))
    limited = {"mmap", "mprotect", "socket"}
    for call in allowed(unit["SystemCallFilter"]) - limited:
        try:
            filter_.add_rule(seccomp.ALLOW, call)
        except (RuntimeError, OSError, ValueError):
            pass  # not on this architecture
    mask = seccomp.MASKED_EQ
    for protection in range(8):
        if not (protection & PROT_WRITE and protection & PROT_EXEC):
            filter_.add_rule(seccomp.ALLOW, "mmap", seccomp.Arg(2, mask, 7, protection))
        if not protection & PROT_EXEC:
            filter_.add_rule(seccomp.ALLOW, "mprotect", seccomp.Arg(2, mask, 7, protection))
    for family in unit["RestrictAddressFamilies"][0].split():
        filter_.add_rule(seccomp.ALLOW, "socket", seccomp.Arg(0, seccomp.EQ, FAMILIES[family]))
    return filter_


def main():
    path, user, dashes, *command = sys.argv[1:]
    assert dashes == "--" and command, __doc__
    unit, who = settings(path), pwd.getpwnam(user)
    confinement = rules(unit)
    os.umask(int(unit["UMask"][0], 8))
    files = min(int(unit.get("LimitNOFILE", ["1024"])[0]), resource.getrlimit(resource.RLIMIT_NOFILE)[1])
    resource.setrlimit(resource.RLIMIT_NOFILE, (files, files))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    os.setgroups([])
    os.setgid(who.pw_gid)
    os.setuid(who.pw_uid)  # from root: drops the capabilities as well
    confinement.load()  # sets no_new_privs as well
    os.execv(command[0], command)


if __name__ == "__main__":
    main()
