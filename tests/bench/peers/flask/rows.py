# SPDX-License-Identifier: Apache-2.0
"""The rows of one event, in the tables that our worker writes."""
import hashlib
import json
import os

OURS = os.environ.get("OWN_NUMBER")

EVENT = """insert into webhook_events (event_key, event_id, event_type, api_version, state, received_at, occurred_at,
    finished_at, activity_id, delivery_id, provider_delivery_id, entry_id, scheme, key_index, parser_version, payload)
  values (%s, %s, %s, %s, 'processed', now(), %s, now(), %s, %s, %s, '0-0', 'standard', 0, 1, %s)
  on conflict (event_key) do nothing"""
CONTACT = """with known as (select id from contacts where phone = %(phone)s), made as (
    insert into contacts (phone, name) select %(phone)s, %(phone)s where not exists (select from known)
    on conflict (phone) do update set phone = excluded.phone returning id)
  select id from known union all select id from made"""
CONVERSATION = """insert into conversations as c (openphone_id, contact_id, last_activity_at, last_activity_id)
  values (%s, %s, %s, %s) on conflict (openphone_id) where openphone_id is not null do update
    set contact_id = coalesce(c.contact_id, excluded.contact_id),
        last_activity_at = greatest(c.last_activity_at, excluded.last_activity_at),
        last_activity_id = case when excluded.last_activity_at > c.last_activity_at
          then excluded.last_activity_id else c.last_activity_id end
  returning id"""
COLUMNS = [
    "openphone_id",
    "activity_type",
    "direction_k",
    "from_number",
    "to_numbers",
    "user_id",
    "line_id",
    "answered_at",
    "completed_at",
    "duration_r",
    "created_at",
    "parties",
    "conv_refs",
    "contact_id",
    "conversation_id",
    "body",
    "ai_summary",
    "ai_next_steps",
    "ai_transcript",
    "status_r",
    "active_at",
]
ACTIVITY = (
    f"insert into activities as a ({', '.join(COLUMNS)}) values ({', '.join(['%s'] * len(COLUMNS))}) "
    "on conflict (openphone_id) do update set updated_at = now(), "
    + ", ".join(f"{name} = coalesce(excluded.{name}, a.{name})" for name in COLUMNS[2:])
)


def sides(resource, context):
    """Returns from, to, and the numbers that are not own numbers."""
    sender = context.get("senderIdentifier") or resource.get("from")
    to = context.get("recipientIdentifiers") or resource.get("to")
    if "participants" in context:
        return sender, to, context["participants"]["external"]
    return sender, to, [number for number in [sender, *to] if number and number != OURS]


def as_json(value):
    return json.dumps(value) if value is not None else None


def write(cursor, delivery_id, provider_id, body):
    text = body.decode()
    event = json.loads(text)
    data = event["data"]
    resource, context = data.get("resource") or data["object"], data.get("context", {})
    call = event["type"].startswith("call.")
    activity_id = resource.get("callId") or resource["id"]
    at = event.get("createdAt") or resource.get("createdAt")
    active_at = resource.get("completedAt") if call else resource["createdAt"]
    status = "completed" if event["type"] == "call.completed" else resource.get("status")
    key = hashlib.sha256(provider_id.encode() + b"\0" + body).digest()
    cursor.execute(
        EVENT,
        (key, provider_id, event["type"], event.get("apiVersion"), at, activity_id, delivery_id, provider_id, text),
    )
    if cursor.rowcount == 0:
        return
    sender, to, parties = sides(resource, context)
    cursor.execute(CONTACT, {"phone": parties[0]})
    contact = cursor.fetchone()[0]
    conversation_id = context.get("conversationId") or resource.get("conversationId")
    cursor.execute(CONVERSATION, (conversation_id, contact, active_at, activity_id))
    conversation = cursor.fetchone()[0]
    direction = resource.get("direction")
    summary = resource.get("summary")
    cursor.execute(
        ACTIVITY,
        (
            activity_id,
            "call" if call else "message",
            direction and "1" + direction,
            sender,
            to,
            context.get("userId"),
            context.get("phoneNumberId"),
            resource.get("answeredAt"),
            resource.get("completedAt"),
            resource.get("duration") if event["type"] == "call.completed" else None,
            None if "callId" in resource else resource.get("createdAt"),
            parties,
            [conversation_id],
            contact,
            conversation,
            None if call else resource.get("text") or None,
            "\n".join(summary) if summary else None,
            as_json(resource.get("nextSteps")),
            as_json(resource.get("dialogue")),
            status,
            active_at,
        ),
    )
