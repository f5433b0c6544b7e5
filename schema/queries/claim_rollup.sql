-- SPDX-License-Identifier: Apache-2.0
-- Returns one row, at most once in $1 milliseconds for all workers together, to the worker that is to roll up the
-- gateways' counters: the minute since 1970 of the last finished roll-up (null if there was none), and the
-- current minute.
with last as (select changed_at from controls where name = 'folded'),
mine as (
  insert into controls as c (name, changed_at) values ('fold', now())
  on conflict (name) do update set changed_at = excluded.changed_at
   where c.changed_at <= now() - $1::bigint * interval '1 millisecond'
  returning name)
select (select floor(date_part('epoch', changed_at) / 60)::bigint from last), floor(date_part('epoch', now()) / 60)::bigint
  from mine
