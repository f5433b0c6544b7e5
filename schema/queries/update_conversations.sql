-- SPDX-License-Identifier: Apache-2.0
-- Raises the newest activity of conversations. Locks all of them in order, including those that only get another contact
-- in the next statement.
with given as materialized (
  select id, tl_time(active_us) as active_at, activity_id collate "C" as activity_id
    from unnest($1::bigint[], $2::bigint[], $3::text[]) as g (id, active_us, activity_id)),
locked as materialized (
  select g.* from given g join conversations c using (id) order by c.id for no key update of c)
update conversations c set last_activity_at = l.active_at, last_activity_id = l.activity_id
  from locked l
 where c.id = l.id
   and coalesce((l.active_at, l.activity_id) > (c.last_activity_at, c.last_activity_id), l.active_at is not null)
