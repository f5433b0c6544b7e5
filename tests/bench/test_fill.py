# SPDX-License-Identifier: Apache-2.0
"""A long backlog has the same mix as a short one."""
import json
import unittest

import fill


class Backlog(unittest.TestCase):
    def test_ai_content_belongs_to_a_call_seen_before(self):
        before, fill.POOL = fill.POOL, 1000
        try:
            events = [json.loads(body) for body in fill.events(3500)]
        finally:
            fill.POOL = before
        self.assertEqual(len(events), 3500)
        calls, activities, ai = set(), set(), [0] * 4
        for number, event in enumerate(events):
            resource = event["data"].get("resource") or event["data"]["object"]
            if "callId" in resource:
                self.assertIn(resource["callId"], calls)
                ai[number // 1000] += 1
                continue
            self.assertNotIn(resource["id"], activities)
            activities.add(resource["id"])
            if event["type"] == "call.completed":
                calls.add(resource["id"])
        self.assertGreater(min(ai), 30)
        self.assertEqual(ai[0], ai[1])
