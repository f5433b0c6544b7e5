-- SPDX-License-Identifier: Apache-2.0
-- The deletion that removed the event with the event id $1 or the row number $2.
select to_char(d.ended_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'), d.person, d.id
  from dead_deleted_events e
  join dead_deletions d on d.id = e.deletion_id
 where e.event_id = $1 or e.id = $2::bigint
 order by e.deletion_id desc
 limit 1
