-- SPDX-License-Identifier: Apache-2.0
-- The last row of the next page of dead letters, from the index alone; {skip}: rows of a page minus one.
select (extract(epoch from finished_at) * 1000000)::bigint, id,
       to_char(finished_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')
  from webhook_events e
 where {bounds}
 order by e.finished_at desc, e.id desc
offset {skip}::bigint
 limit 1
