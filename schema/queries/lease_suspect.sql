-- SPDX-License-Identifier: Apache-2.0
-- Leases one retry whose last lease expired: it may have crashed its holder, so it is leased alone. The one that has
-- waited longest comes first, so that repeated crashes of one do not delay the others. Retries that have used all of
-- their claims are left to dead_letter_crashed.sql.
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
