-- SPDX-License-Identifier: Apache-2.0
-- Copies of the event $1, oldest first.
select c.entry_id, to_char(c.received_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')
  from event_copies c
  join webhook_events e using (event_key)
 where e.id = $1::bigint
 order by c.received_at, c.entry_id
 limit 101
