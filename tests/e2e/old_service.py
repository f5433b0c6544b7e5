# SPDX-License-Identifier: Apache-2.0
"""A database as the Flask service of OpenPhone's integration guide leaves it: its tables, with valid and invalid rows."""
import json

TABLES = """
create table contact (id serial primary key, first_name varchar(50) not null, last_name varchar(50) not null,
  email varchar(120) unique, phone varchar(20) unique, contact_metadata json);
create table conversation (id serial primary key, openphone_id varchar(100) unique, contact_id integer references contact,
  name varchar(200), participants varchar(500), phone_number_id varchar(100), last_activity_at timestamp,
  last_activity_type varchar(50), last_activity_id varchar(100));
create table activity (id serial primary key, openphone_id varchar(100) unique,
  conversation_id integer references conversation, contact_id integer references contact, activity_type varchar(20),
  direction varchar(10), status varchar(50), from_number varchar(20), to_numbers json, user_id varchar(100),
  phone_number_id varchar(100), body text, media_urls json, email_from varchar(120), duration_seconds integer,
  recording_url varchar(500), voicemail_url varchar(500), answered_at timestamp, answered_by varchar(100),
  completed_at timestamp, initiated_by varchar(100), forwarded_from varchar(20), forwarded_to varchar(20),
  ai_summary text, ai_next_steps json, ai_transcript json, ai_content_status varchar(50), activity_metadata json,
  campaign_id integer, created_at timestamp, updated_at timestamp);
create table webhook_event (id serial primary key, event_id varchar(100) unique, event_type varchar(50),
  api_version varchar(10), payload json, processed boolean default false, processed_at timestamp, error_message text,
  created_at timestamp);
create table phone_number (id serial primary key, openphone_id varchar(100), phone_number varchar(20),
  name varchar(100), is_active boolean);
"""

LINE, ADA, BOB = "+14155550100", "+14155550142", "+14155550143"
TIME = "2026-03-01T10:00:00.000Z"

# The source of activity 1, as that service stored it.
RECEIVED = {
    "id": "EV1",
    "type": "message.received",
    "createdAt": TIME,
    "data": {
        "object": {
            "id": "AC1",
            "conversationId": "CN1",
            "direction": "incoming",
            "from": ADA,
            "to": [LINE],
            "text": "from the event",
            "status": "received",
            "createdAt": TIME,
        }
    },
}

CONTACTS = [
    {"id": 1, "first_name": "Ada", "last_name": "Lovelace", "email": "ada@example.com", "phone": ADA},
    {"id": 2, "first_name": BOB, "last_name": "(from OpenPhone)", "phone": "(415) 555-0143"},
    {"id": 3, "first_name": "No", "last_name": "Phone"},
    {"id": 4, "first_name": "Bad", "last_name": "Phone", "phone": "call me"},
]
CONVERSATIONS = [
    {"id": 1, "openphone_id": "CN1", "contact_id": 1, "participants": f"{ADA},{LINE}"},
    {"id": 2, "contact_id": 2},
    {"id": 3, "openphone_id": "CN3", "contact_id": 1},
]
ACTIVITIES = [
    {
        "id": 1,
        "openphone_id": "AC1",
        "conversation_id": 1,
        "contact_id": 1,
        "activity_type": "message",
        "direction": "incoming",
        "status": "received",
        "from_number": ADA,
        "to_numbers": [LINE],
        "body": "zz old words",
        "media_urls": ["https://example.com/1.jpg"],
        "created_at": "2026-03-01 10:00:05",
    },
    {
        "id": 2,
        "openphone_id": "AC2",
        "conversation_id": 1,
        "contact_id": 1,
        "activity_type": "call",
        "direction": "incoming",
        "status": "completed",
        "from_number": ADA,
        "to_numbers": [LINE],
        "duration_seconds": 310,
        "recording_url": "https://example.com/old.mp3",
        "answered_at": "2026-03-01 11:00:00",
        "completed_at": "2026-03-01 11:05:00",
        "ai_summary": "They agreed.",
        "ai_next_steps": ["Write", "Call"],
        "ai_transcript": {
            "dialogue": [{"speaker": "Agent", "text": "Hello", "timestamp": "00:00:02"}],
            "confidence": 0.95,
        },
        "ai_content_status": "completed",
        "created_at": "2026-03-01 11:00:00",
    },
    {
        "id": 3,
        "openphone_id": "AC3",
        "conversation_id": 2,
        "contact_id": 2,
        "activity_type": "message",
        "direction": "outgoing",
        "status": "delivered",
        "from_number": LINE,
        "to_numbers": "415-555-0143",
        "body": "hi Bob",
        "created_at": "2026-03-01 12:00:00",
    },
    {"id": 4, "activity_type": "email", "direction": "outgoing", "body": "a mail", "email_from": "me@example.com"},
    {"id": 5, "activity_type": "message", "direction": "incoming", "body": "nobody knows its id"},
    {
        "id": 6,
        "openphone_id": "AC6",
        "contact_id": 1,
        "activity_type": "message",
        "from_number": ADA,
        "to_numbers": [LINE],
        "body": "no direction, no status",
    },
    {
        "id": 7,
        "openphone_id": "AC7",
        "contact_id": 1,
        "activity_type": "message",
        "direction": "outgoing",
        "status": "what",
        "from_number": ADA,
        "to_numbers": [LINE],
        "body": "turned round",
    },
    {
        "id": 8,
        "openphone_id": "AC8",
        "contact_id": 1,
        "activity_type": "voicemail",
        "direction": "incoming",
        "status": "received",
        "from_number": ADA,
        "to_numbers": [LINE],
        "body": "call me back",
        "voicemail_url": "https://example.com/v.mp3",
        "created_at": "2026-03-01 13:00:00",
    },
    {
        "id": 9,
        "openphone_id": "AC9",
        "contact_id": 2,
        "activity_type": "call",
        "status": "missed",
        "to_numbers": "@null",
        "media_urls": "@null",
        "ai_transcript": "@null",
    },
    {"id": 10, "openphone_id": "AC10", "activity_type": "call", "ai_transcript": '@{"dialogue": [], "dialogue": []}'},
    {
        "id": 11,
        "openphone_id": "AC11",
        "activity_type": "call",
        "status": "completed",
        "ai_transcript": '@{"dialogue": [{"text": "a\\u0000b"}]}',
    },
]
EVENTS = [
    {"id": 1, "event_type": "message.received", "payload": RECEIVED, "created_at": "2026-03-01 10:00:06"},
    {"id": 2, "event_type": "message.received", "payload": RECEIVED, "created_at": "2026-03-01 10:00:07"},
    {"id": 3, "event_type": "message.received", "created_at": "2026-03-01 10:00:08"},
    {"id": 4, "event_type": "unknown", "payload": [1], "created_at": "2026-03-01 10:00:09"},
    {"id": 5, "event_type": "call.something", "payload": {"type": "call.something", "data": {}}, "created_at": None},
]
LINES = [{"id": 1, "phone_number": LINE, "is_active": True}, {"id": 2, "phone_number": None}]


def literal(column, value):
    if value is None:
        return "null"
    if isinstance(value, str) and value.startswith("@"):  # JSON text, not quoted
        return f"$q${value[1:]}$q$"
    if isinstance(value, (dict, list)) or column == "to_numbers":
        return f"$q${json.dumps(value)}$q$"
    return f"$q${value}$q$"


def inserts(table, rows):
    return "".join(
        f"insert into {table} ({', '.join(row)}) values ("
        + ", ".join(literal(column, value) for column, value in row.items())
        + ");\n"
        for row in rows
    )


ROWS = (
    inserts("contact", CONTACTS)
    + inserts("conversation", CONVERSATIONS)
    + inserts("activity", ACTIVITIES)
    + inserts("webhook_event", EVENTS)
    + inserts("phone_number", LINES)
)
READER = """
do $$ begin if not exists (select from pg_roles where rolname = 'trunkline_old') then create role trunkline_old login;
end if; end $$;
grant select on all tables in schema public to trunkline_old;
"""


def make(postgres, name="old", rows=ROWS):
    """Returns the address of such a database, for a role that may only read it."""
    postgres.psql(f'create database "{name}"', database="postgres")
    postgres.psql(TABLES + rows + READER, database=name)
    return postgres.url_of("old", database=name)
