// SPDX-License-Identifier: Apache-2.0
// What the benchmark's mix says: events of both generations as one shape.
"use strict";

const ours = process.env.OWN_NUMBER;

function read(text) {
  const event = JSON.parse(text);
  const resource = event.data.resource || event.data.object;
  const context = event.data.context || {};
  const call = event.type.startsWith("call.");
  let from = resource.from || null;
  let to = resource.to || [];
  if (context.senderIdentifier) {
    from = context.senderIdentifier;
    to = context.recipientIdentifiers;
  } else if (context.participants) {
    const outside = context.participants.external[0];
    const incoming = resource.direction === "incoming";
    if (resource.direction) [from, to] = incoming ? [outside, [ours]] : [ours, [outside]];
  }
  const parties = (context.participants ? context.participants.external : [from, ...to]).filter((n) => n && n !== ours);
  const callId = call ? resource.callId || resource.id : resource.id;
  return {
    id: event.id || null,
    type: event.type,
    apiVersion: event.apiVersion || null,
    occurredAt: event.createdAt || resource.createdAt || null,
    activityId: callId,
    activityType: call ? "call" : "message",
    conversationId: context.conversationId || resource.conversationId || null,
    contact: parties[0] || null,
    parties,
    direction: resource.direction || null,
    from,
    to,
    userId: context.userId || null,
    lineId: context.phoneNumberId || null,
    createdAt: resource.callId ? null : resource.createdAt,
    answeredAt: resource.answeredAt || null,
    completedAt: resource.completedAt || null,
    duration: event.type === "call.completed" ? resource.duration : null,
    status: resource.status || null,
    body: call ? null : resource.text,
    summary: resource.summary ? resource.summary.join("\n") : null,
    keyPoints: resource.summary ? JSON.stringify(resource.summary) : null,
    nextSteps: resource.nextSteps ? JSON.stringify(resource.nextSteps) : null,
    transcript: resource.dialogue ? JSON.stringify(resource.dialogue) : null,
  };
}

module.exports = { read };
