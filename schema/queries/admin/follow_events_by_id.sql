-- SPDX-License-Identifier: Apache-2.0
-- Events of the array {ids}, whether each matches first.
select ({states} and coalesce({filter}, false)), {columns},
       to_char(now() at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')
  from webhook_events e
 where e.id = any({ids}::bigint[])
 order by e.id
