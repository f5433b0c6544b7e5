-- SPDX-License-Identifier: Apache-2.0
-- One row a further entry of an event that has its row. The entry that made that row, and one that is here already,
-- came a second time: nothing for them.
insert into event_copies (entry_id, event_key, received_at)
select g.entry_id, g.event_key, tl_time(g.received_us)
  from unnest($1::text[], $2::bytea[], $3::bigint[]) as g (entry_id, event_key, received_us)
  join webhook_events e using (event_key)
 where e.entry_id <> g.entry_id
 order by g.entry_id
on conflict (entry_id) do nothing
returning entry_id
