# SPDX-License-Identifier: Apache-2.0
"""Reads /metrics; promtool checks the form."""
import re
import subprocess
import urllib.error
import urllib.request

SAMPLE = re.compile(r"^([a-z_]+)(?:\{(.*)\})? (\S+)$")
LABEL = re.compile(r'([a-z_]+)="((?:[^"\\]|\\.)*)"')


def get(address, path):
    """Returns (status, text, content type) of a path on an ops listener."""
    try:
        with urllib.request.urlopen(f"http://{address}{path}", timeout=30) as answer:
            return answer.status, answer.read().decode(), answer.headers["Content-Type"]
    except urllib.error.HTTPError as refused:
        with refused:
            return refused.code, refused.read().decode(), refused.headers["Content-Type"]


class Page:
    def __init__(self, address):
        status, self.text, self.content_type = get(address, "/metrics")
        if status != 200:
            raise RuntimeError(f"/metrics answers {status}")
        self.families = dict(re.findall(r"^# TYPE (\S+) (\S+)$", self.text, re.M))
        self.samples = {}
        for line in self.text.splitlines():
            if line.startswith("#"):
                continue
            name, labels, value = SAMPLE.match(line).groups()
            key = (name, frozenset(LABEL.findall(labels or "")))
            if key in self.samples:
                raise RuntimeError(f"twice: {line}")
            self.samples[key] = float(value)

    def value(self, name, **labels):
        """Returns the value of the sample with exactly these labels, or None."""
        return self.samples.get((name, frozenset(labels.items())))

    def total(self, name, **labels):
        """Returns the sum of the samples that have these labels."""
        return sum(v for (n, has), v in self.samples.items() if n == name and set(labels.items()) <= has)

    def counters(self):
        """Returns all samples that never decrease."""
        return {
            key: value
            for key, value in self.samples.items()
            if key[0].endswith(("_total", "_count", "_bucket", "_sum"))
        }

    def labels(self, family):
        """Returns the labels of a family's samples, without those of the format."""
        return {
            label
            for (name, has), _ in self.samples.items()
            if re.sub("_(bucket|sum|count)$", "", name) == family or name == family
            for label, _ in has
        } - {"le"}


def problems(text):
    """Returns the output of promtool; "" if the page is valid and follows the conventions."""
    done = subprocess.run(["promtool", "check", "metrics"], input=text, capture_output=True, text=True, timeout=30)
    return "" if done.returncode == 0 else done.stdout + done.stderr or f"exit {done.returncode}"
