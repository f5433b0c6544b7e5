// SPDX-License-Identifier: Apache-2.0
// The rows of one event, in the tables that our worker writes: an event row, and its contact, conversation and activity
// inserted or joined. Prepared statements; contact and conversation are looked up only by the upsert itself.
"use strict";
const crypto = require("node:crypto");

const insertEvent = {
  name: "event",
  text: `insert into webhook_events (event_key, event_id, event_type, api_version, state, received_at, occurred_at,
      finished_at, activity_id, delivery_id, provider_delivery_id, entry_id, scheme, key_index, parser_version, payload)
    values ($1, $2, $3, $4, 'processed', to_timestamp($5::double precision / 1000), $6, now(), $7, $8, $9, '0-0',
      'standard', 0, 1, $10)
    on conflict (event_key) do nothing returning id`,
};
const upsertContact = {
  name: "contact",
  text: `with known as (select id from contacts where phone = $1), made as (
      insert into contacts (phone, name) select $1, $1 where not exists (select from known)
      on conflict (phone) do update set phone = excluded.phone returning id)
    select id from known union all select id from made`,
};
const upsertConversation = {
  name: "conversation",
  text: `insert into conversations as c (openphone_id, contact_id, last_activity_at, last_activity_id)
    values ($1, $2, $3, $4) on conflict (openphone_id) where openphone_id is not null do update
      set contact_id = coalesce(c.contact_id, excluded.contact_id),
          last_activity_at = greatest(c.last_activity_at, excluded.last_activity_at),
          last_activity_id = case when excluded.last_activity_at > c.last_activity_at
            then excluded.last_activity_id else c.last_activity_id end
    returning id`,
};
const upsertActivity = {
  name: "activity",
  text: `insert into activities as a (openphone_id, activity_type, direction_k, from_number, to_numbers, user_id,
      line_id, answered_at, completed_at, duration_r, created_at, parties, conv_refs, contact_id, conversation_id, body,
      body_at, ai_summary, ai_next_steps, ai_summary_at, ai_transcript, ai_transcript_at, status_r,
      status_level, status_at, active_at)
    values ($1, $2, '1' || $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, array[$13], $14, $15, $16, $21, $17, $18,
      $21, $19, $21, $20, 1, $21, $22)
    on conflict (openphone_id) do update set
      direction_k = coalesce(excluded.direction_k, a.direction_k),
      from_number = coalesce(excluded.from_number, a.from_number),
      to_numbers = coalesce(excluded.to_numbers, a.to_numbers),
      answered_at = coalesce(excluded.answered_at, a.answered_at),
      completed_at = coalesce(excluded.completed_at, a.completed_at),
      duration_r = coalesce(excluded.duration_r, a.duration_r),
      created_at = coalesce(a.created_at, excluded.created_at),
      body = coalesce(excluded.body, a.body), body_at = coalesce(excluded.body_at, a.body_at),
      ai_summary = coalesce(excluded.ai_summary, a.ai_summary),
      ai_next_steps = coalesce(excluded.ai_next_steps, a.ai_next_steps),
      ai_transcript = coalesce(excluded.ai_transcript, a.ai_transcript),
      status_r = coalesce(excluded.status_r, a.status_r),
      active_at = coalesce(excluded.active_at, a.active_at), updated_at = now()`,
};

async function write(client, delivery, event) {
  const key = crypto.createHash("sha256").update(delivery.w + "\0").update(delivery.b).digest();
  const run = (statement, values) => client.query({ ...statement, values });
  const fresh = await run(insertEvent, [key, delivery.w, event.type, event.apiVersion, delivery.t, event.occurredAt,
    event.activityId, delivery.d, delivery.w, delivery.b]);
  if (fresh.rowCount === 0) return;
  const contact = event.contact && (await run(upsertContact, [event.contact])).rows[0].id;
  const conversation = event.conversationId && (await run(upsertConversation,
    [event.conversationId, contact, event.activeAt, event.activityId])).rows[0].id;
  await run(upsertActivity, [event.activityId, event.activityType, event.direction, event.from, event.to, event.userId,
    event.lineId, event.answeredAt, event.completedAt, event.duration, event.createdAt, event.parties,
    event.conversationId, contact, conversation, event.body, event.summary, event.nextSteps, event.transcript,
    event.status, event.occurredAt, event.activeAt]);
}

module.exports = { write };
