# SPDX-License-Identifier: Apache-2.0
"""The names of events and statuses, as docs/events.md lists them."""

# Canonical kinds by exact name; events of any other name are stored and ignored.
KINDS = {
    "message.received": "received",
    "message.created": "received",
    "message.sent": "sent",
    "message.delivered": "delivered",
    "message.updated": "delivered",
    "message.failed": "failed",
    "message.undelivered": "undelivered",
    "call.ringing": "ringing",
    "call.started": "ringing",
    "call.answered": "answered",
    "call.completed": "completed",
    "call.ended": "completed",
    "call.failed": "completed",
    "call.missed": "missed",
    "call.forwarded": "forwarded",
    "call.menu.selected": "menu",
    "call.recording.completed": "recording",
    "call.summary.completed": "summary",
    "call_summary.created": "summary",
    "call_summary.updated": "summary",
    "callSummary": "summary",
    "summary.ready": "summary",
    "call.transcript.completed": "transcript",
    "call_transcript.created": "transcript",
    "call_transcript.updated": "transcript",
    "callTranscript": "transcript",
    "transcript.ready": "transcript",
    "call.voicemail.completed": "voicemail",
    "voicemail.received": "voicemail",
    "contact.updated": "contact",
    "contact.created": "contact",
    "contact.deleted": "contact deleted",
}
MESSAGES = ("received", "sent", "delivered", "failed", "undelivered")
CALLS = ("ringing", "answered", "completed", "missed", "forwarded", "menu")
AI = ("summary", "transcript")
OWN_TIME = {
    "delivered": "deliveredAt",
    "failed": "failedAt",
    "undelivered": "failedAt",
    "missed": "missedAt",
    "answered": "answeredAt",
    "forwarded": "forwardedAt",
    "completed": "completedAt",
}
LEVELS = (
    (),
    ("scheduled", "accepted", "queued", "initiated", "ringing"),
    ("sending", "receiving", "in-progress", "answered"),
    ("sent",),
    (
        "received",
        "partially_delivered",
        "delivered",
        "canceled",
        "failed",
        "completed",
        "busy",
        "abandoned",
        "ai-handled",
        "forwarded",
        "missed",
    ),
    ("read", "undelivered"),
)
PLACE = {name: (level, rank) for level, names in enumerate(LEVELS) for rank, name in enumerate(names, 1)}
SAME = {"started": "ringing", "cancelled": "canceled"}
PROCESSING = {"absent": "1absent", "in-progress": "2in-progress", "failed": "3failed", "completed": "4completed"}
