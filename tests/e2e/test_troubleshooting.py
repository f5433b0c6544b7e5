# SPDX-License-Identifier: Apache-2.0
"""docs/troubleshooting.md has a row for every status of the gateway and every start-up error."""
import pathlib
import re
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs/troubleshooting.md").read_text()

# The sources of the messages of start-up errors.
SOURCES = [
    "common/signature/key_sources.cpp",
    "gateway/listener.cpp",
    "gateway/options.cpp",
    "worker/process/options.cpp",
    "common/probes/probe_server.cpp",
    "common/signature/key_ring.cpp",
    "common/redis/url.cpp",
    "common/cli/config.cpp",
    "common/cli/config_file.cpp",
    "common/cli/program.cpp",
    "common/text/postgres_url.cpp",
]
# Not start-up errors: programming errors, and HTTP responses of the ops listener.
NOT_FOR_USERS = {
    "check() for an option that is not declared: ",
    "header fields too large",
    "body not allowed",
    "bad request",
    "method not allowed",
}


def first_literals(text):
    """Returns the first string literal of each returned or thrown message, and of each recorded problem."""
    pattern = (
        r"(?:return|\?|:|runtime_error\(|problem\w* =|problem = |push_back\(|emplace_back\()"
        r'\s*"((?:[^"\\\n]|\\.)*)"'
    )
    for literal in re.findall(pattern, text):
        sentence = literal.replace('\\"', '"')
        if re.search(r"[a-z]{2,} [a-z]", sentence) and sentence not in NOT_FOR_USERS:
            yield sentence


def named_on_page(sentence):
    """Returns whether a quoted part of the page is part of the message, or begins like it."""
    for quoted in re.findall(r"`([^`]+)`", PAGE):
        if len(quoted) >= 7 and (quoted in sentence or quoted.startswith(sentence.strip())):
            return True
    return False


class Troubleshooting(unittest.TestCase):
    def test_every_status_has_a_row(self):
        statuses = set(
            re.findall(r"make\(\s*response_kind::\w+, (\d{3})", (ROOT / "gateway/outcome_responses.cpp").read_text())
        )
        self.assertGreater(len(statuses), 9)
        rows = set(re.findall(r"^\| (\d{3})(?:, (\d{3}))? \|", PAGE, re.M))
        listed = {number for row in rows for number in row if number}
        self.assertEqual(statuses - listed, set())
        self.assertLessEqual({"403", "404", "500"}, listed)
        for row in re.findall(r"^\| \d{3}[ ,].*$", PAGE, re.M):
            self.assertEqual(row.count("|"), 5, row)

    def test_every_start_up_error_has_a_row(self):
        missing = []
        found = 0
        for source in SOURCES:
            for sentence in first_literals((ROOT / source).read_text()):
                found += 1
                if not named_on_page(sentence):
                    missing.append(f"{source}: {sentence}")
        self.assertGreater(found, 35)
        self.assertEqual(missing, [])

    def test_every_reason_of_the_gateway_has_a_row(self):
        text = (ROOT / "gateway/outcome.hpp").read_text()
        enum = re.search(r"enum class outcome \{(.*?)\};", text, re.S).group(1)
        queue = enum[enum.index("// Rejected by the queue") :]
        reasons = [word for word in re.findall(r"^\s+(\w+),", queue, re.M)]
        self.assertGreater(len(reasons), 8)
        for reason in reasons:
            if reason not in ("overloaded", "lost"):  # of single deliveries, never the reason of unreadiness
                self.assertIn(f"`{reason}`", PAGE)
