-- SPDX-License-Identifier: Apache-2.0
-- Requests the drain of the workers $1 by operator $2, and records the request.
with requested as (
  select unnest($1::text[]) as id
), written as (
  insert into controls as c (name, value, changed_at, changed_by)
  select 'drain:' || id, 'on', now(), $2 from requested
  on conflict (name) do update set changed_at = now(), changed_by = excluded.changed_by
  returning c.name
)
insert into operator_log (action, target, who) select 'drain', substr(name, 7), $2 from written
