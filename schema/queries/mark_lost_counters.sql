-- SPDX-License-Identifier: Apache-2.0
-- Marks minutes whose counters were lost with the data of Redis. $1-$3 are minute, name and count as Redis has them now,
-- for the minutes from $4 to $5. If a count is less than the stored one, Redis lost the counters of that minute and of
-- all minutes since the last roll-up ($6).
with now_there as (
  select to_timestamp(g.minute * 60) as minute, g.figure, g.count
    from unnest($1::bigint[], $2::text[], $3::bigint[]) as g (minute, figure, count)),
lost as (
  select distinct f.minute from minute_figures f left join now_there n on n.minute = f.minute and n.figure = f.figure
   where f.minute between to_timestamp($4::bigint * 60) and to_timestamp($5::bigint * 60)
     and f.figure <> 'at_least' and f.count > coalesce(n.count, 0)
     and not exists (select from minute_figures m where m.minute = f.minute and m.figure = 'at_least'))
insert into minute_figures (minute, figure, count)
select minute, 'at_least', 1 from (
  select minute from lost
  union
  select to_timestamp(m * 60) from generate_series($6::bigint, $5::bigint) as m where exists (select from lost)) as marked
 order by minute
on conflict (minute, figure) do nothing
