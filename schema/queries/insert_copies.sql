-- SPDX-License-Identifier: Apache-2.0
-- Records further entries of events that have their row. An entry that made the row, or that is recorded already, was
-- redelivered and adds nothing. Returns the new copies with 1, then all copies with 0.
with copies as materialized (
  select g.entry_id, g.event_key, tl_time(g.received_us) as received_at
    from unnest($1::text[], $2::bytea[], $3::bigint[]) as g (entry_id, event_key, received_us)
    join webhook_events e using (event_key)
   where e.entry_id <> g.entry_id),
counted as (
  insert into event_copies (entry_id, event_key, received_at)
  select entry_id, event_key, received_at from copies order by entry_id
  on conflict (entry_id) do nothing
  returning entry_id)
select entry_id, 1 from counted union all select entry_id, 0 from copies
