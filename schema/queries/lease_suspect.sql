-- SPDX-License-Identifier: Apache-2.0
-- One retry whose last lease ran out: whoever held it may have crashed of it, so it is leased alone. The one that
-- waits longest, so that one crash after another does not keep the others waiting. What used up its claims is left
-- to bury_crashed.sql.
with suspect as (
  select id from webhook_events
   where state = 'retrying' and next_attempt_at <= now() and leased_until is not null and leased_until <= now()
     and claims < $2
   order by leased_until
   limit 1
   for update skip locked)
update webhook_events e
   set claims = e.claims + 1, leased_until = now() + $1::bigint * interval '1 millisecond'
  from suspect
 where e.id = suspect.id
returning e.id, e.claims, e.attempts, e.entry_id, round(date_part('epoch', e.received_at) * 1e3)::bigint, e.scheme,
          e.key_index, e.provider_delivery_id, e.delivery_id, e.payload::text, encode(e.raw, 'hex')
