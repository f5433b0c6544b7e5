-- SPDX-License-Identifier: Apache-2.0
-- Leases a dead letter as a retry. Columns in the order of lease_due.sql. Always rolled back.
update webhook_events e
   set state = 'retrying', attempts = 0, claims = 1, finished_at = null, next_attempt_at = now(),
       leased_until = now() + interval '1 minute'
 where e.id = $1::bigint and e.state = 'dead'
returning e.id, e.claims, e.attempts, e.entry_id, round(date_part('epoch', e.received_at) * 1e3)::bigint, e.scheme,
          e.key_index, e.provider_delivery_id, e.delivery_id, e.payload::text, encode(e.raw, 'hex')
