-- SPDX-License-Identifier: Apache-2.0
-- Returns whether applying is paused, why, by whom, since when and until when, and whether worker $1 is to drain. A
-- pause ends by the clock of the database.
select p.name is not null, coalesce(p.reason, ''), coalesce(p.changed_by, ''),
       coalesce(to_char(p.changed_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"'), ''),
       coalesce(to_char(p.until at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"'), ''), d.name is not null
  from (select 1) as one
  left join controls p on p.name = 'pause' and p.value = 'on' and (p.until is null or p.until > now())
  left join controls d on d.name = 'drain:' || $1
