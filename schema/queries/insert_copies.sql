-- SPDX-License-Identifier: Apache-2.0
-- One row a further entry of an event that has its row. The entry that made that row, and a copy that is here already,
-- came a second time: nothing for them. Tells the copies counted by this, and then all.
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
