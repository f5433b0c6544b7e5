-- SPDX-License-Identifier: Apache-2.0
-- Events newest first: those of the first {rows} rows of {steps} that match, {limit} at most, and one row with is_event =
-- false that describes the oldest row examined and the number of rows examined.
with examined as materialized (
  select * from ({steps}) steps order by received_at desc, id desc limit {rows}::bigint
), matching as (
  select * from examined e where e.fits and {states} order by e.received_at desc, e.id desc limit {limit}::bigint
)
select * from (
  select true as is_event, e.received_at as sort_at, {columns}
    from matching e
  union all
  (select false, '-infinity', e.id, (extract(epoch from e.received_at) * 1000000)::bigint::text,
          (select count(*) from examined)::text,
          to_char(e.received_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'), null, null, null, null, null, null, null
     from examined e order by e.received_at, e.id limit 1)
) both_kinds
 order by sort_at desc, id desc
