-- SPDX-License-Identifier: Apache-2.0
-- Counts the newest $3 events below the position ($2, $4), not older than $1, by group, state and duration. $1 and $2
-- are microseconds since 1970. The last row has no group: it is the position of the oldest event counted and the number
-- of events read. Durations have three digits, at least a millisecond. Imported events have none, because they were not
-- received here.
with slice as materialized (
  select id, received_at, event_type, state, finished_at, entry_id from webhook_events
  where received_at >= tl_time($1::bigint) and received_at <= tl_time($2::bigint)
    and (received_at, id) < (tl_time($2::bigint), $4::bigint)
  order by received_at desc, id desc limit $3::bigint
), timed as materialized (
  select {group} as name, state,
    case when state not in ('processed', 'ignored') or entry_id like 'import-%' then null
      else greatest(0, 1000 * date_part('epoch', finished_at - received_at)) end as ms
  from slice
), grouped as (
  select name, state,
    case when ms < 1000 then round(ms)
      else round(ms / power(10, floor(log(ms)) - 2)) * power(10, floor(log(ms)) - 2) end as ms,
    count(*) as n
  from timed group by 1, 2, 3
)
select {name}, state, ms::text, n from grouped
union all
(select null, ((extract(epoch from received_at) * 1000000)::bigint)::text, id::text, (select count(*) from slice)
  from slice order by slice.received_at, slice.id limit 1)
