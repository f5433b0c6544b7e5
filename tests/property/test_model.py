# SPDX-License-Identifier: Apache-2.0
"""Checks the model against small cases worked out by hand."""
import json
import unittest

import generator
import kinds
import model
from generator import Delivery
from jsontext import jsonb_text, parse

OUR, OTHER = "+14155550100", "+14155550101"
ANN, BEN = "+14155550142", "+14155550143"


def body(kind, resource, **envelope):
    return Delivery(json.dumps({"type": kind, "data": {"object": resource}, **envelope}).encode())


def new(kind, resource, context, **envelope):
    return Delivery(json.dumps({"type": kind, "data": {"resource": resource, "context": context}, **envelope}).encode())


def at(second):
    return f"2026-11-20T17:03:0{second}.000Z"


def shown(second):
    return f"2026-11-20 17:03:0{second}.000000"


def message(key="AC1", direction="incoming", sender=ANN, to=(OUR,), kind="message.received", **more):
    return body(kind, {"id": key, "direction": direction, "from": sender, "to": list(to), **more})


def call(key, people, **more):
    return body("call.completed", {"id": key, "participants": list(people), **more})


class Case(unittest.TestCase):
    def expect(self, events, cells, settings=()):
        """cells: {"table key column": text, or None for no such cell}."""
        got = {" ".join(cell): value for cell, value in model.tables(events, settings).items()}
        for cell, value in cells.items():
            self.assertEqual(got.get(cell), value, cell)

    def keys(self, events, table, settings=()):
        return sorted({key for found, key, _ in model.tables(events, settings) if found == table})


class Registers(Case):
    def test_greatest_least_union(self):
        events = [
            message(userId="US1", createdAt=at(2), conversationId="CN2"),
            message(userId="US2", createdAt=at(1), conversationId="CN1"),
            message(userId=""),
        ]
        self.expect(
            events,
            {
                "activities AC1 user_id": "US2",
                "activities AC1 created_at": shown(1),
                "activities AC1 active_at": shown(2),
                "activities AC1 conv_refs": '["CN1", "CN2"]',
            },
        )

    def test_newest_text_wins_and_the_greater_at_one_time(self):
        events = [message(text="b", createdAt=at(1)), message(text="a", createdAt=at(2)), message(text="z")]
        self.expect(events, {"activities AC1 body": "a", "activities AC1 body_at": shown(2)})
        events = [message(text="b", createdAt=at(1)), message(text="a", createdAt=at(1)), message(createdAt=at(3))]
        self.expect(events, {"activities AC1 body": "b", "activities AC1 body_at": shown(1)})

    def test_stamp_prefers_updated_then_envelope(self):
        resource = {"id": "AC1", "text": "a", "createdAt": at(1), "deliveredAt": at(2)}
        for more, envelope, stamp in (
            ({}, {}, 2),
            ({}, {"createdAt": at(3)}, 3),
            ({"updatedAt": at(4)}, {"createdAt": at(3)}, 4),
            ({"updatedAt": "soon"}, {"createdAt": "1999-12-31T00:00:00Z"}, 2),
        ):
            self.expect(
                [body("message.delivered", {**resource, **more}, **envelope)], {"activities AC1 body_at": shown(stamp)}
            )
        self.expect([body("message.delivered", {"id": "AC1", "text": "a"})], {"activities AC1 body_at": "-infinity"})

    def test_nothing_is_no_fact(self):
        for nothing in (None, "", [], "unavailable"):
            events = [
                message(text="a", media=["https://media.example.com/a"]),
                message(text=None, media=nothing, userId=nothing, conversationId=nothing, status=nothing),
            ]
            self.expect(
                events,
                {
                    "activities AC1 body": "a",
                    "activities AC1 user_id": None,
                    "activities AC1 conv_refs": None,
                    "activities AC1 status": "received",
                    "activities AC1 media_urls": '["https://media.example.com/a"]',
                },
            )

    def test_json_compares_as_text(self):
        self.assertEqual(
            jsonb_text(parse('{"c": {}, "bb": [5.0, 1e2, "é\\n"], "a": null}')),
            '{"a": null, "c": {}, "bb": [5.0, 100, "é\\n"]}',
        )
        self.assertNotEqual(model.order(parse("[5.0]")), model.order(parse("[5]")))


class Status(Case):
    def status(self, *statuses, expected):
        events = [
            message(
                kind="message.delivered",
                direction="outgoing",
                sender=OUR,
                to=[ANN],
                status=status,
                updatedAt=second and at(second),
            )
            for status, second in statuses
        ]
        self.expect(events, {"activities AC1 status": expected})

    def test_levels_times_ranks(self):
        self.status(("delivered", 1), ("sent", 2), expected="delivered")
        self.status(("failed", 1), ("delivered", 2), expected="delivered")
        self.status(("failed", 1), ("delivered", 1), expected="failed")
        self.status(("undelivered", None), ("delivered", 2), expected="undelivered")
        self.status(("received", 2), ("partially_delivered", 2), expected="partially_delivered")

    def test_unanswered_call(self):
        for direction, expected in (("incoming", "missed"), ("outgoing", "no-answer")):
            unanswered = body("call.completed", {"id": "AC1", "direction": direction, "status": "no-answer"})
            self.expect([unanswered], {"activities AC1 status": expected, "activities AC1 status_r": "completed"})
        answered = body("call.answered", {"id": "AC1", "answeredAt": at(1)})
        self.expect([unanswered, answered], {"activities AC1 status": "completed"})
        self.expect(
            [body("call.completed", {"id": "AC1", "status": "answered", "answeredAt": at(1), "completedAt": at(4)})],
            {
                "activities AC1 status": "completed",
                "activities AC1 unanswered": None,
                "activities AC1 duration_seconds": "3",
                "activities AC1 duration_r": None,
            },
        )


class Parties(Case):
    def test_sided_message(self):
        self.expect(
            [message()],
            {
                "activities AC1 contact_hint": ANN,
                "activities AC1 contact": ANN,
                "contacts +14155550142 named": "true",
                f"own_numbers {OUR} from_events": "true",
                f"own_numbers {ANN} phone": None,
                "activities AC1 party_keys": f'["{OUR},{ANN}"]',
                "activities AC1 conversation": f"F({OUR},{ANN})",
            },
        )

    def test_outgoing_group(self):
        self.expect(
            [message(direction="outgoing", sender=OUR, to=[BEN, ANN])],
            {
                "activities AC1 contact": BEN,
                f"own_numbers {OUR} phone": OUR,
                f"own_numbers {BEN} phone": None,
                "activities AC1 parties": f'["{OUR}", "{ANN}", "{BEN}"]',
            },
        )

    def test_incoming_group_names_strangers(self):
        self.assertEqual(self.keys([message(to=[OUR, BEN])], "own_numbers"), [])

    def test_direction_is_inferred_not_guessed(self):
        received = body("message.received", {"id": "AC1", "from": ANN, "to": OUR})
        self.expect([received], {"activities AC1 direction_k": "1incoming", "activities AC1 contact": ANN})
        self.expect([received, message(direction="outgoing")], {"activities AC1 direction_k": "2outgoing"})

    def test_unsided_call_waits_for_own_numbers(self):
        alone = call("AC2", [ANN, OUR])
        self.expect([alone], {"activities AC2 contact": None, f"contacts {ANN} phone": None})
        self.expect([alone], {"activities AC2 contact": ANN, f"contacts {ANN} named": None}, settings=(OUR,))
        self.expect([alone, message(sender=BEN)], {"activities AC2 contact": ANN})
        self.expect([call("AC2", [ANN])], {"activities AC2 contact": ANN, "activities AC2 party_keys": None})
        self.expect([call("AC2", [OUR])], {"activities AC2 contact": None}, settings=(OUR,))

    def test_anonymous_and_short_codes(self):
        self.expect(
            [message(sender="Anonymous")],
            {
                "activities AC1 parties": None,
                "activities AC1 contact": None,
                "activities AC1 conversation": None,
                "activities AC1 from_number": "Anonymous",
            },
        )
        self.expect(
            [message(sender="72645")],
            {
                "activities AC1 parties": f'["{OUR}", "72645"]',
                "activities AC1 contact": None,
                "activities AC1 conversation": f"F({OUR},72645)",
            },
        )

    def test_new_generation_sides(self):
        sides = {"workspace": [OUR], "external": [ANN, BEN], "resolution": "available"}
        ringing = new("call.ringing", {"id": "AC1"}, {"participants": sides})
        self.expect([ringing], {"activities AC1 contact": ANN, f"own_numbers {OUR} phone": OUR})
        unknown = new("call.ringing", {"id": "AC1"}, {"participants": {**sides, "resolution": "unavailable"}})
        self.expect([unknown], {"activities AC1 parties": None, f"own_numbers {OUR} phone": None})


class Conversations(Case):
    def test_fallback_attaches_to_the_least_id(self):
        fallback, second, third = message("AC1"), message("AC2", conversationId="CN2"), message("AC3")
        self.assertEqual(self.keys([fallback, third], "conversations"), [f"F({OUR},{ANN})"])
        events = [fallback, second, third]
        self.assertEqual(self.keys(events, "conversations"), ["CN2"])
        self.expect(events, {"activities AC1 conversation": "CN2", f"conversation_links {OUR},{ANN} ref": "CN2"})
        events.append(message("AC4", conversationId="CN1"))
        self.assertEqual(self.keys(events, "conversations"), ["CN1", "CN2"])
        self.expect(events, {"activities AC1 conversation": "CN1", "activities AC2 conversation": "CN2"})

    def test_edges_of_one_activity_meet_across_its_events(self):
        events = [body("message.delivered", {"id": "AC1", "conversationId": "CN1"}), message("AC1"), message("AC2")]
        self.expect(events, {"activities AC2 conversation": "CN1"})

    def test_deep_link(self):
        event = Delivery(
            json.dumps(
                {
                    "type": "message.received",
                    "data": {"object": {"id": "AC1"}, "deepLink": "https://my.quo.com/inbox/PN1/c/CN7?at=AC1"},
                }
            ).encode()
        )
        self.expect([event], {"activities AC1 conversation": "CN7", "conversations CN7 openphone_id": "CN7"})

    def test_last_activity_and_contact_are_of_the_members(self):
        events = [
            message("AC1", createdAt=at(2), conversationId="CN1"),
            message("AC2", createdAt=at(2), conversationId="CN1", sender=BEN),
            message("AC3", createdAt=at(1), conversationId="CN1"),
        ]
        self.expect(
            events,
            {
                "conversations CN1 last_activity_at": shown(2),
                "conversations CN1 last_activity_id": "AC2",
                "conversations CN1 contact": ANN,
            },
        )


class Cards(Case):
    def contact_card(self, key, phones, second, kind="contact.updated", first="Dana", **more):
        return new(
            kind,
            {
                "id": key,
                "firstName": first,
                "phoneNumbers": [{"value": phone} for phone in phones],
                "updatedAt": at(second),
                **more,
            },
            {},
        )

    def test_newest_version_replaces_and_ever_phones_stay_named(self):
        events = [self.contact_card("CT1", [ANN, BEN], 1), self.contact_card("CT1", [BEN], 2, first="Ada")]
        self.expect(
            events,
            {
                "contact_cards CT1 phones": f'["{BEN}"]',
                "contact_cards CT1 ever_phones": f'["{ANN}", "{BEN}"]',
                f"contacts {ANN} name": ANN,
                f"contacts {ANN} named": "true",
                f"contacts {BEN} first_name": "Ada",
            },
        )

    def test_deleted_wins_a_tie_and_names_nothing(self):
        events = [self.contact_card("CT1", [ANN], 2), self.contact_card("CT1", [ANN], 2, kind="contact.deleted")]
        self.expect(events, {"contact_cards CT1 deleted": "true", f"contacts {ANN} name": ANN})

    def test_two_cards_share_a_number(self):
        events = [self.contact_card("CT1", [ANN], 2, first="Ada"), self.contact_card("CT2", [ANN], 1, first="Eve")]
        self.expect(events, {f"contacts {ANN} card_id": "CT1"})
        events = [self.contact_card("CT1", [ANN], 2, first="Ada"), self.contact_card("CT2", [ANN], 2, first="Eve")]
        self.expect(events, {f"contacts {ANN} card_id": "CT2"})


class Content(Case):
    def test_recordings_of_each_generation(self):
        file, other = "https://files.example.com/1", "https://files.example.com/2"
        seed = body("call.recording.completed", {"id": "REC1", "callId": "AC1", "url": file, "duration": 3, "size": 9})
        self.expect(
            [seed],
            {
                "activities AC1 recording_url": file,
                "activities AC1 recording_size_bytes": "9",
                "activities AC1 duration_r": None,
                "activities AC1 status": None,
                "recordings AC1 REC1 url": file,
            },
        )
        legacy = body("call.recording.completed", {"id": "AC1", "media": [{"url": other, "duration": 2}]})
        self.expect([legacy], {"recordings AC1 #0 duration_seconds": "2", "activities AC1 recording_url": other})
        listed = body(
            "call.recording.completed",
            {"id": "AC1", "duration": 5, "recordings": [{"id": "CR1"}, {"id": "CR2", "url": file, "startTime": at(1)}]},
            createdAt=at(3),
        )
        self.expect(
            [seed, listed],
            {
                "activities AC1 recording_url_at": shown(3),
                "activities AC1 duration_r": "5",
                "activities AC1 recording_duration_seconds": "3",
                "recordings AC1 CR1 recording_id": "CR1",
                "recordings AC1 CR2 started_at": shown(1),
            },
        )

    def test_summary_text_or_list_and_only_when_completed(self):
        one = body("call_summary.created", {"callId": "AC1", "summary": "one", "keyPoints": ["porch"]})
        two = body("callSummary", {"callId": "AC1", "summary": ["one", "two"], "status": "completed"}, createdAt=at(1))
        late = body("callSummary", {"callId": "AC1", "summary": ["zzz"], "status": "in-progress"}, createdAt=at(2))
        self.expect(
            [one, two, late],
            {
                "activities AC1 ai_summary": "one\ntwo",
                "activities AC1 ai_key_points_at": "-infinity",
                "activities AC1 ai_content_status": "completed",
                "activities AC1 active_at": None,
            },
        )

    def test_transcript_of_both_shapes(self):
        inner = {"dialogue": [{"speaker": "Agent", "text": "a", "timestamp": "00:00:02"}], "confidence": 0.5}
        self.expect(
            [body("call_transcript.created", {"callId": "AC1", "transcript": inner})],
            {
                "activities AC1 ai_transcript_raw": '{"dialogue": [{"text": "a", "speaker": "Agent", '
                '"timestamp": "00:00:02"}], "confidence": 0.5}'
            },
        )
        spoken = {"content": "a", "start": 62.5, "end": 63, "identifier": ANN, "userId": None}
        self.expect(
            [body("callTranscript", {"callId": "AC1", "dialogue": [spoken]})],
            {
                "activities AC1 ai_transcript": '{"dialogue": [{"end": 63, "text": "a", "start": 62.5, "speaker": "'
                + ANN
                + '", "timestamp": "00:01:02", "identifier": "'
                + ANN
                + '"}]}'
            },
        )
        self.expect(
            [body("callTranscript", {"callId": "AC1", "dialogue": []})],
            {"activities AC1 ai_transcript": None, "activities AC1 ai_content_status": None},
        )

    def test_voicemail_is_of_its_call(self):
        voicemail = body(
            "call.voicemail.completed",
            {
                "id": "AC9",
                "callId": "AC1",
                "voicemailId": "VM1",
                "from": ANN,
                "to": OUR,
                "transcript": "hi",
                "duration": 17,
            },
        )
        self.expect(
            [voicemail],
            {
                "activities AC1 voicemail": '{"id": "VM1", "duration": 17, "transcript": "hi"}',
                "activities AC1 has_voicemail": "true",
                "activities AC1 duration_r": None,
                "activities AC1 contact": ANN,
                "activities AC9 openphone_id": None,
            },
        )

    def test_duration_that_does_not_fit(self):
        times = {"answeredAt": at(1), "completedAt": "2100-01-01T00:00:00Z"}
        self.expect(
            [body("call.completed", {"id": "AC1", **times})],
            {"activities AC1 duration_seconds": None, "activities AC1 completed_at": "2100-01-01 00:00:00.000000"},
        )


class Rest(Case):
    def test_what_has_no_effect(self):
        events = [Delivery(b"no JSON"), Delivery(b'{"type":"billing.invoice.paid"}'), body("message.received", {})]
        self.assertEqual(
            model.tables(events), {("webhook_events", "dead", "rows"): "2", ("webhook_events", "ignored", "rows"): "1"}
        )

    def test_a_body_twice_is_one_event_unless_delivered_by_two_ids(self):
        one = message()
        self.expect([one, one], {"webhook_events processed rows": "1"})
        self.expect([one, one._replace(delivery="msg_1")], {"webhook_events processed rows": "2"})

    def test_wrapped_event(self):
        inner = {"object": "event", "type": "message.received", "data": {"object": {"id": "AC1"}}}
        self.expect([Delivery(json.dumps({"object": inner}).encode())], {"activities AC1 activity_type": "message"})

    def test_generator_repeats_and_reaches_every_kind(self):
        self.assertEqual(generator.make_set("1/2"), generator.make_set("1/2"))
        found = set()
        for index in range(400):
            for delivery in generator.make_set(f"0/{index}")[0]:
                try:
                    value = json.loads(delivery.body)
                except ValueError:
                    continue
                if isinstance(value, dict):
                    value = value if "type" in value else value.get("object", {})
                    found.add(kinds.KINDS.get(value.get("type")))
        self.assertEqual(found, set(kinds.KINDS.values()) | {None})
