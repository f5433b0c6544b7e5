# SPDX-License-Identifier: Apache-2.0
"""The content of random events besides their parties: texts, states, recordings, AI content, contact cards."""

MESSAGE_STATUS = (
    "queued",
    "sending",
    "sent",
    "delivered",
    "received",
    "failed",
    "undelivered",
    "read",
    "canceled",
    "partially_delivered",
    "scheduled",
    "cancelled",
    "bounced",
)
CALL_STATUS = (
    "ringing",
    "in-progress",
    "answered",
    "completed",
    "busy",
    "failed",
    "no-answer",
    "unanswered",
    "missed",
    "canceled",
    "forwarded",
    "abandoned",
    "ai-handled",
    "queued",
    "initiated",
    "started",
    "unknown",
)


class Contents:
    """Methods of generator.Generator, which use its draws."""

    def message(self, name, resource, generation):
        status = self.rng.choice(MESSAGE_STATUS) if self.chance(0.5) else name.split(".")[1]
        field = "body" if generation in ("v2", "v3") else "text"
        self.fill(resource, **{field: self.text("a", "b", "é ☎")}, status=status)
        if self.chance(0.1):
            self.fill(resource, body="c")
        if generation != "v4":
            where = self.text("media", "media", "media", "attachments", "mediaUrls")
            self.fill(resource, **{where: self.media(generation)})
        if name in ("message.failed", "message.undelivered"):
            self.fill(resource, errorCode=self.rng.choice(("30004", "30007", 30007)), errorMessage="Message blocked")
            if self.chance(0.2):
                self.fill(resource, error=self.rng.choice(("refused", {"code": "1", "message": "refused"})))
            self.fill(resource, failedAt=self.time())
        elif self.chance(0.2):
            self.fill(resource, deliveredAt=self.time())

    def call(self, name, resource, generation):
        if self.chance(0.6):
            self.fill(resource, status=self.rng.choice(CALL_STATUS))
        if name in ("call.completed", "call.ended", "call.answered") or self.chance(0.2):
            self.fill(resource, answeredAt=self.time())
        if name in ("call.completed", "call.ended"):
            self.fill(resource, completedAt=self.time())
            if generation not in ("v2", "v3"):
                self.fill(resource, **{self.text("duration", "duration", "durationSeconds"): self.seconds()})
            if generation in ("seed", "full"):
                self.fill(
                    resource, recordingUrl=self.text("https://files.example.com/1", "https://files.example.com/2")
                )
            if generation in ("v2", "v3"):
                self.fill(
                    resource,
                    media=self.recording_media(),
                    voicemail={"url": "https://files.example.com/v3", "type": "audio/mpeg", "duration": 1},
                )
            if generation == "new":
                self.fill(resource, hasVoicemail=self.chance(0.5))
        if generation == "v4":
            self.fill(resource, answeredBy=self.user(), initiatedBy=self.user(), recordings=self.recording_list())
        if name == "call.missed" and self.chance(0.5):
            self.fill(resource, missedAt=self.time())
        if name == "call.answered":
            self.fill(resource, **{"answeredByUserId" if generation == "new" else "answeredBy": self.user()})
        if name == "call.forwarded" or (generation == "v4" and self.chance(0.3)):
            self.fill(resource, forwardedTo=self.number(), forwardedFrom=self.number(self.ours))
            if generation != "new":
                self.fill(resource, forwardedAt=self.time())
        if name == "call.menu.selected":
            self.fill(
                resource,
                phoneMenuSelection=self.text("1", "2"),
                phoneMenuSelectionName=self.text("Sales", "Help"),
                statusReason=self.text("phone-menu-dial", "phone-menu-abandoned"),
            )

    def recording_media(self):
        return [
            self.fill(
                {"url": f"https://files.example.com/{self.rng.randint(1, 2)}"},
                type="audio/mpeg",
                duration=self.rng.randint(1, 2),
            )
            for _ in range(self.rng.randint(0, 2))
        ]

    def recording_list(self):
        return [
            self.fill(
                {},
                id=f"CR{self.rng.randint(1, 2)}",
                duration=self.rng.randint(1, 2),
                startTime=self.time(),
                type=self.text("audio/mpeg", "audio/wav"),
                url=f"https://files.example.com/{self.rng.randint(1, 2)}",
            )
            for _ in range(self.rng.randint(0, 2))
        ]

    def recording(self, resource, generation):
        if generation in ("seed", "full"):
            self.fill(
                resource,
                url=self.text("https://files.example.com/1", "https://files.example.com/2"),
                duration=self.rng.randint(1, 2),
                size=self.rng.randint(1, 2),
            )
            return
        self.fill(resource, answeredAt=self.time(), completedAt=self.time(), status="completed")
        if generation in ("v2", "v3"):
            self.fill(resource, media=self.recording_media())
        else:
            self.fill(resource, duration=self.rng.randint(1, 2), recordings=self.recording_list())

    def summary(self, resource, generation):
        status = {
            "processingStatus"
            if generation == "new"
            else "status": self.text("completed", "completed", "in-progress", "failed", "absent")
        }
        summary = self.rng.choice(("one", "two", ["one"], ["one", "two"], []))
        self.fill(resource, **status, summary=summary, nextSteps=self.rng.choice((["call"], ["call", "write"], [])))
        if generation in ("seed", "full"):
            self.fill(
                resource,
                keyPoints=self.rng.choice((["porch"], ["porch", None], "pier", [])),
                sentiment=self.text("positive", "neutral"),
            )
        else:
            self.fill(
                resource,
                jobs=self.rng.choice(
                    (
                        [],
                        [{"icon": "x", "name": self.text("job", "task")}],
                        [{"n": 1.50, "size": 12345678901234567890}, "x", 5],
                    )
                ),
            )
        if generation == "new":
            self.fill(resource, fromPhoneNumber=self.number(), answeredByUserId=self.user())

    def transcript(self, resource, generation):
        if generation in ("seed", "full"):
            dialogue = [
                self.fill({}, speaker=self.text("Agent", "Customer"), text=self.text("a", "b"), timestamp="00:00:02")
                for _ in range(self.rng.randint(0, 2))
            ]
            transcript = self.fill({}, dialogue=dialogue, confidence=self.rng.choice((0.95, 1, 0.5)))
            if self.chance(0.4):
                self.fill(transcript, updatedAt=self.time())
            self.fill(resource, transcript=transcript)
            return
        dialogue = [
            self.fill(
                {},
                content=self.text("a", "b"),
                start=self.rng.choice((1, 1.5, -1, 3725.9, 360000)),
                end=3.25,
                identifier=self.number(),
                userId=self.user(),
            )
            for _ in range(self.rng.randint(0, 2))
        ]
        status = {
            "processingStatus"
            if generation == "new"
            else "status": self.text("completed", "completed", "in-progress", "failed", "absent")
        }
        self.fill(resource, **status, dialogue=dialogue, duration=self.rng.randint(1, 2))

    def contact(self, resource, generation):
        resource["id"] = f"CT{self.rng.randint(1, 2)}"
        numbers = [self.number(self.theirs + self.ours[:1]) for _ in range(self.rng.randint(0, 3))]
        self.fill(
            resource,
            firstName=self.text("Dana", "Ada"),
            lastName=self.text("Reyes", "Ng"),
            company=self.text("Porch", "Pier"),
            role=self.text("Owner", "Buyer"),
            updatedAt=self.time(),
            createdAt=self.time(),
        )
        if generation == "new":
            self.fill(
                resource,
                phoneNumbers=[{"value": number, "type": "phone-number"} for number in numbers],
                emails=[{"value": "dana@example.com", "type": "email"}],
                externalId=self.text("crm-1", "crm-2"),
            )
        elif self.chance(0.3):
            self.fill(
                resource,
                fields={
                    "Phone Number": self.rng.choice((numbers, numbers[0] if numbers else None)),
                    "Email": "dana@example.com",
                },
            )
        else:
            self.fill(
                resource,
                fields=[{"name": "Phone", "type": "phone-number", "value": number} for number in numbers]
                + [{"name": "Email", "type": "email", "value": self.text("a@example.com", "b@example.com")}],
            )
