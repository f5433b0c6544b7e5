# SPDX-License-Identifier: Apache-2.0
"""An independent model of the merge: the tables as a function of the set of bodies, straight from its definition.

Nothing here is incremental. Each register is the join over the facts of all events, and values that depend on several
rows (contacts, conversations, own numbers) are computed from the final registers at once.
"""
import collections
import decimal

import facts
from database import time_text
from jsontext import jsonb_text
from values import FOREVER, is_e164, moment

GREATEST = (
    "activity_type",
    "direction_k",
    "from_number",
    "to_numbers",
    "user_id",
    "line_id",
    "answered_by",
    "initiated_by",
    "contact_hint",
    "answered_at",
    "completed_at",
    "duration_r",
    "active_at",
    "unanswered",
    "has_voicemail",
    "ai_content_k",
)
UNION = ("parties", "conv_refs", "party_keys", "contact_ids")
# Time column: the columns whose value it dates. The first breaks a tie of times, the second a tie of both.
NEWEST = {
    "body_at": ("body",),
    "media_at": ("media_urls", "media_types"),
    "error_at": ("error",),
    "recording_url_at": ("recording_url",),
    "recording_duration_at": ("recording_duration_seconds",),
    "recording_size_at": ("recording_size_bytes",),
    "ai_summary_at": ("ai_summary",),
    "ai_key_points_at": ("ai_key_points",),
    "ai_next_steps_at": ("ai_next_steps",),
    "ai_sentiment_at": ("ai_sentiment",),
    "ai_jobs_at": ("ai_jobs",),
    "ai_transcript_at": ("ai_transcript", "ai_transcript_raw"),
    "voicemail_at": ("voicemail",),
    "forwarded_at": ("forwarded",),
    "menu_at": ("menu",),
}
RECORDING = {
    "url_at": "url",
    "content_type_at": "content_type",
    "duration_at": "duration_seconds",
    "size_at": "size_bytes",
    "started_at_at": "started_at",
}
MOMENTS = ("answered_at", "completed_at", "active_at", "created_at", "occurred_at", "started_at")


def order(value):
    """Returns the sort key of a value: numbers as numbers, text by its bytes (collate "C"), JSON by its jsonb text."""
    if isinstance(value, (int, float)):
        return value
    if isinstance(value, tuple):
        return tuple(order(item) for item in value)
    return (value if isinstance(value, str) else jsonb_text(value)).encode()


def tables(deliveries, own_settings=()):
    """Returns {(table, key, column): text}, like Session.dump(), for a collection of deliveries (repeats have no
    effect)."""
    events = [facts.normalise(delivery.body) for delivery in set(deliveries)]
    rows = activities(events)
    evidence = set().union(*(event.own_numbers for event in events))
    own = evidence | set(own_settings)
    attach = attachments(rows)
    cards = contact_cards(events)
    for row in rows.values():
        row["contact"] = contact_of(row, own)
        row["conversation"] = conversation_of(row, attach)
    cells = {}
    for key, row in rows.items():
        _put(cells, "activities", key, row)
    for key, row in recordings(events).items():
        _put(cells, "recordings", " ".join(key), row)
    for key, card in cards.items():
        _put(cells, "contact_cards", key, card)
    for key, row in contacts(events, rows, cards).items():
        _put(cells, "contacts", key, row)
    for key, row in conversations(rows).items():
        _put(cells, "conversations", key, row)
    for key, row in links(rows, attach).items():
        _put(cells, "conversation_links", key, row)
    for number in own:
        _put(cells, "own_numbers", number, {"phone": number, "from_events": number not in own_settings})
    for state, count in collections.Counter(event.state for event in events).items():
        _put(cells, "webhook_events", state, {"rows": count})
    return cells


def activities(events):
    """Computes the registers of every activity, and the values derived from its own row."""
    seen = collections.defaultdict(list)
    for event in events:
        if event.activity is not None:
            seen[event.activity["openphone_id"]].append(event.activity)
    rows = {}
    for key, versions in seen.items():
        row = {"openphone_id": key}
        for name in GREATEST:
            row[name] = max(_present(versions, name), key=order, default=None)
        row["created_at"] = min(_present(versions, "created_at"), default=None)
        for name in UNION:
            row[name] = sorted(set().union(*(version.get(name) or () for version in versions)), key=order) or None
        for at, names in NEWEST.items():
            _newest(
                row,
                at,
                names,
                [(v["stamp"], tuple(v[n] for n in names)) for v in versions if v.get(names[0]) is not None],
            )
        _status(row, versions)
        _derive(row)
        rows[key] = row
    return rows


def _present(versions, name):
    return [version[name] for version in versions if version.get(name) is not None]


def _newest(row, at, names, candidates):
    if candidates:
        stamp, values = max(candidates, key=order)
        row[at] = stamp
        row.update(zip(names, values))


def _status(row, versions):
    found = [(v["status_level"], v["stamp"], v["status_rank"], v["status_r"]) for v in versions if v.get("status_r")]
    if found:
        row["status_level"], row["status_at"], row["status_rank"], row["status_r"] = max(found)


def _derive(row):
    row["direction"] = row["direction_k"] and row["direction_k"][1:]
    row["ai_content_status"] = row["ai_content_k"] and row["ai_content_k"][1:]
    error = row.get("error") or {}
    row["error_code"], row["error_detail"] = error.get("code"), error.get("detail")
    answered, completed = row["answered_at"], row["completed_at"]
    row["duration_seconds"] = row["duration_r"]
    if row["duration_r"] is None and None not in (answered, completed) and completed >= answered:
        seconds = int(
            (decimal.Decimal(completed - answered) / 1000000).quantize(decimal.Decimal(1), decimal.ROUND_HALF_UP)
        )
        row["duration_seconds"] = seconds if seconds < 2**31 else None  # 68 years exceed the type, and are no call
    row["occurred_at"] = next((t for t in (row["created_at"], answered, completed) if t is not None), None)
    row["status"] = row.get("status_r")
    if row["status"] == "completed" and row["unanswered"] and answered is None and not row["duration_r"]:
        row["status"] = "no-answer" if row["direction"] == "outgoing" else "missed"


def recordings(events):
    seen = collections.defaultdict(list)
    for event in events:
        for recording in event.recordings:
            seen[recording["call"], recording["recording_id"]].append(recording)
    rows = {}
    for (call, name), versions in seen.items():
        row = rows[call, name] = {"call_openphone_id": call, "recording_id": name}
        for at, column in RECORDING.items():
            _newest(row, at, (column,), [(v["stamp"], (v[column],)) for v in versions if v.get(column) is not None])
    return rows


def contact_cards(events):
    seen = collections.defaultdict(list)
    for event in events:
        if event.card is not None:
            seen[event.card["card_id"]].append(event.card)
    rows = {}
    for key, versions in seen.items():
        rows[key] = dict(max(versions, key=lambda c: (c["stamp"], c["deleted"], c["record"].encode())))
        rows[key]["ever_phones"] = sorted(set().union(*(version["phones"] for version in versions)))
    return rows


def contact_of(row, own):
    """Returns the hint, else the only party that is not an own number; never by position."""
    if row["contact_hint"] is not None:
        return row["contact_hint"]
    parties = row["parties"] or []
    others = [party for party in parties if party not in own]
    return others[0] if len(others) == 1 and is_e164(others[0]) else None


def attachments(rows):
    """attach(k): the smallest provider id ever seen on an activity together with the party key k."""
    found = {}
    for row in rows.values():
        for key in row["party_keys"] or () if row["conv_refs"] else ():
            least = row["conv_refs"][0]
            found[key] = min(found.get(key, least), least, key=order)
    return found


def conversation_of(row, attach):
    if row["conv_refs"]:
        return row["conv_refs"][0]
    if row["party_keys"]:
        key = row["party_keys"][0]
        return attach.get(key, f"F({key})")
    return None


def links(rows, attach):
    """Links of every party key with a provider id, and of fallbacks in use; unused fallbacks have none."""
    found = {key: {"party_key": key, "ref": ref, "conversation": ref} for key, ref in attach.items()}
    for row in rows.values():
        if (row["conversation"] or "").startswith("F("):
            key = row["party_keys"][0]
            found[key] = {"party_key": key, "conversation": row["conversation"]}
    return found


def conversations(rows):
    """Returns every provider id ever seen, and the fallbacks in use."""
    members = collections.defaultdict(list)
    for row in rows.values():
        for ref in row["conv_refs"] or ():
            members[ref] += []
        if row["conversation"]:
            members[row["conversation"]].append(row)
    found = {}
    for name, rows_in in members.items():
        fallback = name.startswith("F(")
        last = max(
            ((r["active_at"], r["openphone_id"]) for r in rows_in if r["active_at"] is not None),
            key=order,
            default=(None, None),
        )
        found[name] = {
            "openphone_id": None if fallback else name,
            "party_key": name[2:-1] if fallback else None,
            "contact": min((r["contact"] for r in rows_in if r["contact"]), default=None),
            "last_activity_at": last[0],
            "last_activity_id": last[1],
        }
    return found


def contacts(events, rows, cards):
    named = set().union(*(event.named for event in events))
    phones = named | {row["contact"] for row in rows.values() if row["contact"]}
    found = {}
    for phone in phones:
        best = max(
            (c for c in cards.values() if not c["deleted"] and phone in c["phones"]),
            key=lambda c: (c["stamp"], order(c["card_id"])),
            default={},
        )
        row = {name: best.get(name) for name in ("first_name", "last_name", "company", "role", "card_id")}
        found[phone] = {**row, "phone": phone, "named": phone in named, "name": shown_name(best) or phone}
    return found


def _put(cells, table, key, row):
    for column, value in row.items():
        if value is None or value is False:
            continue
        if column in MOMENTS or column == "stamp" or column.endswith("_at"):
            value = "-infinity" if value == FOREVER else time_text(moment(value))
        cells[table, key, column] = value if isinstance(value, str) else jsonb_text(value)


def shown_name(card):
    return " ".join(part for part in (card.get("first_name"), card.get("last_name")) if part) or card.get("company")
