-- SPDX-License-Identifier: Apache-2.0
-- One worker of all folds the figures, once in $1 milliseconds: a row for that one, with the minutes since 1970 of the
-- last fold that was done (null: there was none) and of now.
with last as (select changed_at from controls where name = 'folded'),
mine as (
  insert into controls as c (name, changed_at) values ('fold', now())
  on conflict (name) do update set changed_at = excluded.changed_at
   where c.changed_at <= now() - $1::bigint * interval '1 millisecond'
  returning name)
select (select floor(date_part('epoch', changed_at) / 60)::bigint from last), floor(date_part('epoch', now()) / 60)::bigint
  from mine
