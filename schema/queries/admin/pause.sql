-- SPDX-License-Identifier: Apache-2.0
-- Pauses applying: reason $1, operator $2, until $3 (a time, or empty) or for $4 milliseconds (or empty). A pause that
-- ends in the past is not set. One statement, so that each pause is in the log.
with ends as (
  select coalesce(now() + nullif($4::text, '')::bigint * interval '1 millisecond', nullif($3::text, '')::timestamptz)
         as until
), paused as (
  insert into controls as c (name, value, changed_at, reason, until, changed_by)
  select 'pause', 'on', now(), $1, until, $2 from ends where until is null or until > now()
  on conflict (name) do update
     set value = 'on', changed_at = now(), reason = excluded.reason, until = excluded.until,
         changed_by = excluded.changed_by
  returning c.until
)
insert into operator_log (action, reason, until, who) select 'pause', $1, until, $2 from paused
