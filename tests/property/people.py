# SPDX-License-Identifier: Apache-2.0
"""The participants of an event: direction, parties, contact, own numbers, conversation (docs/merge.md, Parties)."""
import re

from kinds import AI, MESSAGES
from values import is_e164, is_nobody, length, listed, members, number, numbers, short, shorts


class People:
    def people(self):
        row, resource, context = self.row, self.resource, self.context
        row["direction_k"] = self.direction()
        sender, to = None, []
        if self.kind not in AI:
            sender = number(resource.get("from")) or number(context.get("senderIdentifier"))
            to = numbers(resource.get("to")) or numbers(context.get("recipientIdentifiers"))
            row["from_number"], row["to_numbers"] = sender, tuple(to)
        parties, hint, own = self.sides(sender, to)
        self.own = {n for n in own if is_e164(n)}
        if any(is_nobody(party) for party in parties):
            return
        row["parties"] = sorted(set(parties), key=str.encode)
        key = ",".join(row["parties"])
        if 2 <= len(row["parties"]) <= 50 and length(key) <= 2000:
            row["party_keys"] = [key]
        if is_e164(hint) and hint not in self.own:
            row["contact_hint"] = hint
            self.named = {hint}

    def sides(self, sender, to):
        """Returns (parties, hint, own-number evidence) of the first source that has a number."""
        direction = (self.row["direction_k"] or "")[1:]
        people = ([sender] if sender else []) + to
        if people and direction == "incoming":
            return people, sender, to if len(set(to)) == 1 else []
        if people and direction == "outgoing":
            return people, to[0] if to else None, [sender] if sender else []
        sides = members(self.context.get("participants"))
        if sides.get("resolution") != "unavailable":
            ours, theirs = numbers(sides.get("workspace")), numbers(sides.get("external"))
            if ours or theirs:
                return ours + theirs, theirs[0] if theirs else None, ours
        return people or numbers(listed(self.resource.get("participants"))), None, []

    def direction(self):
        if self.resource.get("direction") in ("incoming", "outgoing"):
            return "2" + self.resource["direction"]
        if self.kind in ("received", "missed", "forwarded", "menu", "voicemail"):
            return "1incoming"
        return "1outgoing" if self.kind in MESSAGES else None

    def references(self):
        row = self.row
        line, ref = re.search(r"/inbox/([^/?#]+)(?:/c/([^/?#]+))?|$", self.link).groups()
        ref = self.here_or_context("conversationId") or short(ref)
        row["conv_refs"] = [ref] if ref else None
        row["line_id"] = self.here_or_context("phoneNumberId") or short(line)
        row["user_id"] = self.here_or_context("userId")
        contacts = members(self.context.get("contacts"))
        known = [] if contacts.get("lookupStatus") == "unavailable" else shorts(contacts.get("ids"))
        known += shorts(self.resource.get("contactIds")) + shorts([self.resource.get("contactId")])
        row["contact_ids"] = sorted(set(known), key=str.encode)
        if self.kind not in MESSAGES:
            row["answered_by"] = self.of("answeredBy", "answeredByUserId")
            row["initiated_by"] = self.of("initiatedBy")
