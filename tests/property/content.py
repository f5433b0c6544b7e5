# SPDX-License-Identifier: Apache-2.0
"""The content of an event: texts, media, recordings, voicemail, AI content, contact cards."""
import json

from kinds import PROCESSING
from values import (
    free,
    is_e164,
    is_number,
    items,
    listed,
    members,
    number,
    said,
    short,
    shorts,
    texts,
    time,
    url,
    whole,
)


class Content:
    def message(self):
        row, resource = self.row, self.resource
        names = ("body", "text") if self.event.get("apiVersion") in ("v2", "v3") else ("text", "body")
        row["body"] = free(resource.get(names[0])) or free(resource.get(names[1]))
        for name in ("media", "attachments", "mediaUrls"):
            found = [
                (url(entry) or url(members(entry).get("url")), short(members(entry).get("type")))
                for entry in listed(resource.get(name))
            ]
            found = [pair for pair in found if pair[0]]
            if found:
                row["media_urls"], row["media_types"] = map(list, zip(*found))
                break
        error = members(resource.get("error"))
        code = next((c for c in (resource.get("errorCode"), error.get("code")) if short(c) or type(c) is int), None)
        detail = next(
            (
                d
                for d in (
                    resource.get("errorMessage"),
                    resource.get("errorDetail"),
                    error.get("message"),
                    error.get("detail"),
                    resource.get("error"),
                )
                if free(d)
            ),
            None,
        )
        row["error"] = said(code=None if code is None else str(code), detail=detail)

    def call(self):
        self.forwarding()
        self.recorded_list()
        if isinstance(self.resource.get("voicemail"), dict):
            self.add_voicemail(self.resource["voicemail"], "url", "id")
        if self.resource.get("hasVoicemail") is True:
            self.row["has_voicemail"] = True
        if self.kind == "menu":
            self.row["menu"] = said(
                name=self.of("phoneMenuSelectionName"),
                reason=self.of("statusReason"),
                selection=self.of("phoneMenuSelection"),
            )

    def forwarding(self):
        self.row["forwarded"] = said(
            **{"from": number(self.resource.get("forwardedFrom")), "to": number(self.resource.get("forwardedTo"))}
        )

    def voicemail(self):
        self.add_voicemail(self.resource, "recordingUrl", "voicemailId")
        self.row["has_voicemail"] = True

    def add_voicemail(self, resource, where, name):
        row = self.row
        kind = short(resource.get("type")) if self.kind != "voicemail" else None
        row["voicemail"] = said(
            duration=whole(resource.get("duration")),
            id=short(resource.get(name)),
            transcript=free(resource.get("transcript")),
            type=kind,
            url=url(resource.get(where)),
        )
        row["has_voicemail"] = True if row["voicemail"] else None

    def recorded(self):
        self.call()

    def recorded_list(self):
        """Returns rows of recordings; the first with a URL is the call's recording."""
        row, resource = self.row, self.resource
        for place, entry in enumerate(listed(resource.get("recordings")) or listed(resource.get("media"))):
            if isinstance(entry, dict):
                self.recording(short(entry.get("id")), f"#{place}", entry)
        first = next((r for r in self.recordings if r.get("url")), None)
        if first is None and self.kind == "recording" and self.own_recording():
            first = self.own_recording()
            if self.of("callId") and self.of("id"):
                self.recording(self.of("id"), None, resource)
        if first is None and url(resource.get("recordingUrl")):
            first = {"url": url(resource["recordingUrl"])}
        if first:
            row["recording_url"] = first.get("url")
            row["recording_duration_seconds"], row["recording_size_bytes"] = (
                first.get("duration_seconds"),
                first.get("size_bytes"),
            )

    def own_recording(self):
        return self.fields(self.resource) if url(self.resource.get("url")) else None

    def fields(self, entry):
        return said(
            url=url(entry.get("url")),
            content_type=short(entry.get("type")),
            duration_seconds=whole(entry.get("duration")),
            size_bytes=whole(entry.get("size"), 2**63 - 1),
            started_at=time(entry.get("startTime")),
        )

    def recording(self, name, place, entry):
        fields = self.fields(entry) or {}
        name = name or (place if fields else None)
        if name and all(known["recording_id"] != name for known in self.recordings):
            self.recordings.append(
                {**fields, "call": self.row["openphone_id"], "recording_id": name, "stamp": self.row["stamp"]}
            )

    # AI content --------------------------------------------------------------------------------------------------

    def processed(self, content):
        """Records the provider's progress; returns whether its content counts."""
        stated = self.of("processingStatus") or self.of("status")
        stated = stated if stated in PROCESSING else None
        if stated or content:
            self.row["ai_content_k"] = PROCESSING[stated or "completed"]
        return content and stated in (None, "completed")

    def summary(self):
        resource = self.resource
        content = said(
            ai_summary=free(resource.get("summary")) or "\n".join(texts(resource.get("summary"))) or None,
            ai_key_points=texts(resource.get("keyPoints"), single=True) or None,
            ai_next_steps=texts(resource.get("nextSteps"), single=True) or None,
            ai_sentiment=self.of("sentiment"),
            ai_jobs=listed(resource.get("jobs")) or None,
        )
        if self.processed(content):
            self.row.update(content)

    def transcript(self):
        inner = members(self.resource.get("transcript"))
        dialogue = [
            spoken
            for spoken in map(self.line, items(listed(inner.get("dialogue")) or listed(self.resource.get("dialogue"))))
            if spoken
        ]
        if not self.processed(dialogue):
            return
        confidence = next((c for c in (inner.get("confidence"), self.resource.get("confidence")) if is_number(c)), None)
        self.row["ai_transcript"] = said(dialogue=dialogue, confidence=confidence)
        raw = self.resource.get("transcript")
        self.row["ai_transcript_raw"] = raw if isinstance(raw, dict) else self.resource

    def line(self, entry):
        words = free(entry.get("text")) or free(entry.get("content"))
        start, end = ((entry.get(name) if is_number(entry.get(name)) else None) for name in ("start", "end"))
        identifier, user = short(entry.get("identifier")), short(entry.get("userId"))
        when = short(entry.get("timestamp"))
        if not when and start is not None and 0 <= start < 360000:
            seconds = int(start)
            when = f"{seconds // 3600:02}:{seconds // 60 % 60:02}:{seconds % 60:02}"
        return words and said(
            speaker=short(entry.get("speaker")) or identifier or user,
            text=words,
            timestamp=when,
            start=start,
            end=end,
            identifier=identifier,
            userId=user,
        )

    # Contact cards -----------------------------------------------------------------------------------------------

    def card_record(self, key):
        phones, emails = self.contact_values("phone", "phoneNumbers"), self.contact_values("email", "emails")
        phones = sorted({phone for phone in map(number, phones) if is_e164(phone)}, key=str.encode)
        emails = list(dict.fromkeys(shorts(emails)))
        fields = {
            "first_name": self.of("firstName"),
            "last_name": self.of("lastName"),
            "company": self.of("company"),
            "role": self.of("role"),
            "external_id": self.of("externalId"),
        }
        record = said(**fields, phones=phones or None, emails=emails or None) or {}
        return {
            **fields,
            "card_id": key,
            "deleted": self.kind == "contact deleted",
            "stamp": self.stamp(),
            "phones": phones,
            "emails": emails,
            "record": json.dumps(record, ensure_ascii=False, sort_keys=True, separators=(",", ":")),
        }

    def contact_values(self, word, plural):
        """Returns all values of one kind: from the list of that name, and from fields, a list or a map."""
        found = list(listed(self.resource.get(plural)))
        fields = self.resource.get("fields")
        if isinstance(fields, dict):
            found += [value for name, value in fields.items() if word in name.lower()]
        for field in items(listed(fields)):
            sort, name = short(field.get("type")), short(field.get("name")) or ""
            if sort == {"phone": "phone-number", "email": "email"}[word] if sort else word in name.lower():
                found.append(field.get("value"))
        return [text for value in found for text in _flat(value)]


def _flat(value):
    value = value.get("value") if isinstance(value, dict) else value
    if isinstance(value, list):
        return [text for item in value for text in _flat(item)]
    return [value] if isinstance(value, str) else []
