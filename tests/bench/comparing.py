# SPDX-License-Identifier: Apache-2.0
"""Checks that contenders write the same rows, by digests of the columns that all of them must write. Left out, in
their favour, are columns that only our merge needs (times of registers, keys of the parties, links), our form of a
transcript, and the rule for two AI contents of the same time."""
from copying import TABLES

SHARED = {
    "webhook_events": "select event_id, event_type, api_version, state, occurred_at, activity_id, scheme, "
    "provider_delivery_id, payload::text from webhook_events",
    "activities": "select a.openphone_id, activity_type, direction, from_number, to_numbers, user_id, line_id, "
    "answered_at, completed_at, duration_seconds, occurred_at, status, body, "
    "ai_summary is null, ai_key_points is null, ai_next_steps is null, ai_transcript is null, c.phone, "
    "v.openphone_id from activities a left join contacts c on c.id = a.contact_id "
    "left join conversations v on v.id = a.conversation_id",
    "conversations": "select v.openphone_id, c.phone, v.last_activity_at from conversations v "
    "left join contacts c on c.id = v.contact_id",
    "contacts": "select phone, name from contacts",
}
DIGEST = """select count(*) || ' ' || coalesce(md5(string_agg(md5(r::text), '' order by md5(r::text))), '')
              from ({query}) r"""


def shared(postgres):
    """Returns the digest per table of the columns that all writers have in common."""
    return {table: postgres.psql(DIGEST.format(query=query)) for table, query in SHARED.items()}


def whole(postgres):
    """Returns the digest per table of all rows with all columns."""
    return {table: postgres.psql(DIGEST.format(query=f"select * from {table}")) for table in TABLES}


def check_same(ours, theirs, who):
    """Compares two of those digests."""
    different = [table for table, digest in ours.items() if theirs[table] != digest]
    if different:
        raise RuntimeError(
            f"{who} wrote other rows than our worker: "
            + ", ".join(f"{table} ({ours[table]}, {theirs[table]})" for table in different)
        )
