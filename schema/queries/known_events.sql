-- SPDX-License-Identifier: Apache-2.0
-- Returns the keys that have a row already, and one row without a key with the time of the transaction in microseconds.
-- LIMIT makes this a look-up per key: as a join, planned over an empty table, it would read the whole index.
select encode(e.event_key, 'hex'), null::bigint
  from (select unnest($1::bytea[]) as event_key) as g,
       lateral (select event_key from webhook_events w where w.event_key = g.event_key limit 1) as e
union all
select null, round(date_part('epoch', now()) * 1e6)::bigint
