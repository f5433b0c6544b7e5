-- SPDX-License-Identifier: Apache-2.0
-- Counts the newest $3 copies below entry $4 ('' for the first slice) that were received between $1 and $2, by group.
-- $1 and $2 are microseconds since 1970. The last row has no group: it is the oldest copy read and the number of copies
-- read. An entry id begins with the time at which Redis added the entry, so the primary key bounds the scan; an hour is
-- allowed for clocks that differ.
with slice as materialized (
  select entry_id, event_key, received_at from event_copies
  where entry_id >= ($1::bigint / 1000 - 3600000)::text and ($4::text = '' or entry_id < $4::text)
  order by entry_id desc limit $3::bigint
), grouped as (
  select {group} as name, count(*) as n from slice {join}
  where slice.received_at between tl_time($1::bigint) and tl_time($2::bigint) group by 1
)
select {name}, 'copy', null, n from grouped
union all
(select null, ((extract(epoch from received_at) * 1000000)::bigint)::text, entry_id, (select count(*) from slice)
  from slice order by entry_id limit 1)
