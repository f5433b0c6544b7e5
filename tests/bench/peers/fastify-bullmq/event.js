// SPDX-License-Identifier: Apache-2.0
// Converts the events of both generations in the benchmark's mix to one structure.
"use strict";

const ours = process.env.OWN_NUMBER;

function read(text) {
  const event = JSON.parse(text);
  const resource = event.data.resource || event.data.object;
  const context = event.data.context || {};
  const call = event.type.startsWith("call.");
  const from = context.senderIdentifier || resource.from || null;
  const to = context.recipientIdentifiers || resource.to || null;
  const parties = (context.participants ? context.participants.external : [from, ...(to || [])]).filter((n) => n && n !== ours);
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
    status: event.type === "call.completed" ? "completed" : resource.status || null,
    activeAt: call ? resource.completedAt || null : resource.createdAt,
    body: call ? null : resource.text || null,
    summary: resource.summary ? resource.summary.join("\n") : null,
    nextSteps: resource.nextSteps ? JSON.stringify(resource.nextSteps) : null,
    transcript: resource.dialogue ? JSON.stringify(resource.dialogue) : null,
  };
}

module.exports = { read };
