-- SPDX-License-Identifier: Apache-2.0
-- Returns the events of the array {ids}. The first column is whether the event matches.
select ({states} and coalesce({filter}, false)), {columns},
       to_char(now() at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')
  from webhook_events e
 where e.id = any({ids}::bigint[])
 order by e.id
