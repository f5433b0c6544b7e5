# SPDX-License-Identifier: Apache-2.0
"""docs/json: each command with --json has a schema, each schema is valid and complete."""
import os
import re
import subprocess
import unittest

import json_schema

TRUNKLINE = os.path.join(os.environ["TRUNKLINE_BIN"], "trunkline")


def help_of(*words):
    return subprocess.run([TRUNKLINE, *words, "--help"], capture_output=True, text=True, check=True).stdout


def words_of(*group):
    """Returns the commands that --help lists below "Subcommands:"."""
    listed = re.search(r"^Subcommands:\n((?:  .*\n)+)", help_of(*group), re.M)
    return re.findall(r"^  (\S+)", listed[1], re.M) if listed else []


def verbs(*group):
    for word in words_of(*group):
        inner = list(verbs(*group, word))
        yield from inner or [" ".join((*group, word))]


def objects(schema):
    if isinstance(schema, dict):
        if "properties" in schema:
            yield schema
        schema = list(schema.values())
    if isinstance(schema, list):
        for part in schema:
            yield from objects(part)


class JsonSchema(unittest.TestCase):
    def test_each_command_with_json_has_a_schema(self):
        with_json = {verb for verb in verbs() if "--json" in help_of(*verb.split())}
        self.assertIn("dead list", with_json)
        schemas = {name[:-5] for name in os.listdir(json_schema.FOLDER) if name.endswith(".json")}
        self.assertEqual({verb.replace(" ", "-") for verb in with_json}, schemas)

    def test_each_is_strict(self):
        for name in sorted(os.listdir(json_schema.FOLDER)):
            if name.endswith(".json"):
                schema = json_schema.schema_of(name[:-5])
                self.assertTrue(schema["$schema"].endswith("/2020-12/schema"), name)
                for each in objects(schema):
                    self.assertIs(each.get("additionalProperties"), False, (name, list(each["properties"])))

    def test_the_check_fails(self):
        good = {"count": 1, "replayed": [{"id": 1}], "left_alone": [], "stopped": False, "more": False}
        self.assertEqual(json_schema.check("dead replay", good), good)
        for wrong in ({**good, "other": 1}, {"more": False}, {**good, "replayed": [{"id": "1"}]}):
            with self.assertRaisesRegex(AssertionError, "not as docs/json says of 'dead replay'"):
                json_schema.check("dead replay", wrong)
