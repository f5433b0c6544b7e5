-- SPDX-License-Identifier: Apache-2.0
-- Leases due retries that have no holder and no expired lease (lease_suspect.sql). A lease is data, not a lock: it
-- outlives the transaction.
with due as (
  select id from webhook_events
   where state = 'retrying' and next_attempt_at <= now() and leased_until is null
   order by next_attempt_at
   limit $1
   for update skip locked)
update webhook_events e
   set claims = e.claims + 1, leased_until = now() + $2::bigint * interval '1 millisecond'
  from due
 where e.id = due.id
returning e.id, e.claims, e.attempts, e.entry_id, round(date_part('epoch', e.received_at) * 1e3)::bigint, e.scheme,
          e.key_index, e.provider_delivery_id, e.delivery_id, e.payload::text, encode(e.raw, 'hex')
