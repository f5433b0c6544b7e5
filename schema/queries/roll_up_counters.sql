-- SPDX-License-Identifier: Apache-2.0
-- Stores counters. They only grow, so the greatest value is the latest, and a repeat changes nothing.
insert into minute_figures as f (minute, figure, count)
select to_timestamp(g.minute * 60), g.figure, g.count
  from unnest($1::bigint[], $2::text[], $3::bigint[]) as g (minute, figure, count)
 order by 1, 2
on conflict (minute, figure) do update set count = excluded.count where f.count < excluded.count
